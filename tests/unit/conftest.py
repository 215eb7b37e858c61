"""Unit tests: pure Python, no Odoo, no database."""

import sys
from pathlib import Path

# explicit, because ``--import-mode=importlib`` leaves the path alone
sys.path.insert(0, str(Path(__file__).parent))

import unit_import

unit_import.install()
