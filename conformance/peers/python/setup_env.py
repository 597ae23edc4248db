"""Makes .venv with exactly what requirements.lock says: the only command that needs a network."""

import os
import subprocess
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

INSTALL = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]

venv.create(ENVIRONMENT, with_pip=True, clear=True)
subprocess.run([PYTHON, *INSTALL, "--requirement", HERE / "requirements.lock"], check=True)
