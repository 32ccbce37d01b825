"""A JupyterHub with its dummy authenticator and servers as processes of the same user, on loopback.

Started by `tests/data/hub.py`, which gives the ports and the folder in the environment. Tests that need no browser ask
hub and service at their own ports.
"""

import os
import sys
from pathlib import Path

from jupyterhub.spawner import SimpleLocalProcessSpawner

FOLDER = Path(os.environ["COURSE_HUB_FOLDER"])
HUB, SERVICE = int(os.environ["COURSE_HUB_PORT"]), int(os.environ["COURSE_SERVICE_PORT"])


class Own(SimpleLocalProcessSpawner):
    """A server per person, with a home of its own and the packages of this environment."""

    def make_preexec_fn(self, name: str) -> None:
        """Stay the same user: there is nothing to become."""


SERVER_SCOPES = ["users:activity!user", "access:servers!server", "access:services!service=course"]

c = get_config()  # noqa: F821  JupyterHub provides it
c.JupyterHub.ip = c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.port = int(os.environ["COURSE_PROXY_PORT"])
c.JupyterHub.hub_port = HUB
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{os.environ['COURSE_PROXY_API_PORT']}"
c.ConfigurableHTTPProxy.pid_file = str(FOLDER / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{FOLDER}/hub.sqlite"
c.JupyterHub.cookie_secret_file = str(FOLDER / "cookie_secret")
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "open sesame"  # noqa: S105  of a hub that lives a minute
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = Own
c.Spawner.home_dir_template = str(FOLDER / "homes" / "{username}")
c.Own.home_dir_template = str(FOLDER / "homes" / "{username}")
c.Spawner.cmd = [str(Path(sys.executable).parent / "jupyterhub-singleuser")]
c.Spawner.args = ["--allow-root"]
c.Spawner.server_token_scopes = SERVER_SCOPES
c.Spawner.oauth_client_allowed_scopes = SERVER_SCOPES
c.JupyterHub.services = [
    {
        "name": "course",
        "url": f"http://127.0.0.1:{SERVICE}",
        "command": [
            sys.executable,
            "-m",
            "course",
            "serve",
            "--port",
            str(SERVICE),
            "--folder",
            str(FOLDER / "office"),
            "--for",
            "pandas-at-work",
            "--url",
            f"http://127.0.0.1:{SERVICE}/services/course",
        ],
    },
    {"name": "test", "api_token": os.environ["COURSE_HUB_TOKEN"]},
]
c.JupyterHub.load_roles = [
    {"name": "user", "scopes": ["self", "access:services!service=course"]},
    {"name": "test", "scopes": ["admin:users", "admin:servers", "tokens"], "services": ["test"]},
]
