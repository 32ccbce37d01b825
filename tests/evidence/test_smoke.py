import classroom


def test_x(root):
    for c in (
        "grades",
        "audit --who ana --objective leave",
        "audit --who ben --objective leave",
        "certify ana",
        "certify ana",
    ):
        print(c)
        print(classroom.course(c, root).out)
    f = next((root / "certificates" / "ana").glob("*.json"))
    print(f.read_text())
    print(classroom.course(f"verify {f} --course .", root).out)
    print(classroom.course(f"audit --who ana --objective leave", root).out)
    print(classroom.course("certify ben", root, code=None))
    print(classroom.course("certify ana --renew", root, code=None))
    f.rename("/tmp/scratch/cert.json")
