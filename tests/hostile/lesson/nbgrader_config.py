from course.exchange.config import configure

configure(get_config(), __file__)
