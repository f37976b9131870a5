"""What the web server runs."""

import os
import sys

from marketplace.app import create_app
from marketplace.config import UnsafeSettings, read_settings

try:
    app = create_app(read_settings(os.environ))
except UnsafeSettings as unsafe:
    sys.exit("\n".join(f"settings: {problem}" for problem in unsafe.problems))
