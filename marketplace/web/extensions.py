"""Flask extensions, made once and bound in create_app."""

from __future__ import annotations

from flask import request
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_mailman import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from marketplace.database import Base


def caller() -> str:
    """Name who is asking, for rate limits; proxies are resolved before this."""
    return request.remote_addr or "unknown"


db = SQLAlchemy(metadata=Base.metadata)  # only the session keeper
migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(caller)
babel = Babel()
mail = Mail()
compress = Compress()
