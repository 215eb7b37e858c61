"""The example of docs/exceptions.md is the class that the addon's tests run."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
GUIDE = ROOT / "docs" / "exceptions.md"
TESTED = ROOT / "addons" / "inventory_visibility" / "tests" / "example_detector.py"


def test_same_text():
    blocks = re.findall(
        r"^```python\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert blocks == [TESTED.read_text(encoding="utf-8")]
