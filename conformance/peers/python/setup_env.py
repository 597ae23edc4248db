"""Makes .venv with exactly what the lock file says; the only command that needs a network."""

import subprocess
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"


class Builder(venv.EnvBuilder):
    def post_setup(self, context) -> None:  # type: ignore[no-untyped-def]
        install = ["-m", "pip", "install", "--require-hashes", "-r", HERE / "requirements.lock"]
        subprocess.run([context.env_exe, *install], check=True)


Builder(with_pip=True, clear=True).create(ENVIRONMENT)
