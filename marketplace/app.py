"""Put the parts together. The only module that knows them all."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import make_url
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from marketplace.accounts import current as current_person
from marketplace.accounts import mail as account_mail
from marketplace.accounts import own_data
from marketplace.accounts import service as people
from marketplace.accounts.views import accounts
from marketplace.adapters.gateways import open_gateways
from marketplace.api import documents as api_documents
from marketplace.api.idempotency import forget_old_keys
from marketplace.api.webhooks import webhooks
from marketplace.audit.nightly import audit_all
from marketplace.audit.views import audits
from marketplace.balances import notices as balance_notices
from marketplace.balances.own_data import of_saver
from marketplace.balances.views import balances
from marketplace.bookkeeping.views import bookkeeping
from marketplace.claims import notices as claim_notices
from marketplace.claims import service as claims_service
from marketplace.claims.tasks import claim_tasks
from marketplace.claims.views import claims
from marketplace.cli.audit import audit
from marketplace.cli.check import check
from marketplace.cli.demo import demo_cli
from marketplace.cli.jobs import jobs_cli
from marketplace.cli.listings import listings_cli
from marketplace.cli.market import market_cli
from marketplace.cli.search import search_cli
from marketplace.config import Settings
from marketplace.cooperatives import components as cooperative_components
from marketplace.cooperatives import current as current_cooperative
from marketplace.cooperatives import overview
from marketplace.cooperatives.views import cooperatives, operator_pages
from marketplace.credit import notices as credit_notices
from marketplace.credit.own_data import of_debtor
from marketplace.credit.tasks import credit_tasks
from marketplace.credit.views import credit
from marketplace.database import prepare_engine
from marketplace.database.engine import POSTGRESQL_OPTIONS
from marketplace.database.statistics import keep_statistics
from marketplace.delivery.views import delivery
from marketplace.files.store import open_store
from marketplace.listings import components as listing_components
from marketplace.listings.views import listings
from marketplace.members.own_data import of_member
from marketplace.members.views import members
from marketplace.orders import gateways as order_gateways
from marketplace.orders import notices as order_notices
from marketplace.orders import service as orders_service
from marketplace.orders.own_data import of_buyer
from marketplace.orders.tasks import order_tasks
from marketplace.orders.views import orders
from marketplace.outbox.queue import open_queue
from marketplace.payments import notices as payment_notices
from marketplace.payments import service as payments_service
from marketplace.payments.settings import payment_settings
from marketplace.payouts import notices as payout_notices
from marketplace.payouts.tasks import payout_tasks
from marketplace.payouts.views import payouts
from marketplace.pools.own_data import of_deliverer
from marketplace.pools.views import pools
from marketplace.search import current as search
from marketplace.storefront.views import storefront
from marketplace.supply import notices as supply_notices
from marketplace.supply import service as supply_service
from marketplace.supply.nightly import watch_shelves
from marketplace.supply.own_data import of_asker
from marketplace.supply.views import supplier_pages, supply
from marketplace.web import (
    components,
    converters,
    errors,
    health,
    i18n,
    jobs,
    logs,
    pages,
    security,
    showroom,
)
from marketplace.web import mail as mail_post
from marketplace.web.extensions import compress, csrf, db, limiter, login, mail, migrate

ROOT = Path(__file__).parent.parent
BLUEPRINTS = [
    accounts,
    cooperatives,
    operator_pages,
    members,
    payment_settings,
    delivery,
    credit,
    listings,
    storefront,
    orders,
    supply,
    supplier_pages,
    payouts,
    pools,
    balances,
    claims,
    bookkeeping,
    audits,
    webhooks,
    health.health,
]
COMMANDS = [
    demo_cli,
    audit,
    search_cli,
    jobs_cli,
    check,
    listings_cli,
    market_cli,
]
YEAR = 365 * 24 * 3600


def load_models() -> None:
    """Import every feature's models, so that no table is forgotten."""
    for found in sorted((ROOT / "marketplace").glob("*/models.py")):
        import_module(f"marketplace.{found.parent.name}.models")


def create_app(settings: Settings) -> Flask:
    """Build the application from its settings."""
    load_models()
    logs.configure(settings)
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.from_mapping(_configuration(settings))
    converters.install(app)
    logs.install(app)
    security.install(app, settings)
    i18n.install(app)
    errors.install(app)
    for part in (components, cooperative_components, listing_components):
        part.register(app)
    _bind_extensions(app)
    _open_database(app)
    current_person.install(app)
    app.extensions["file_store"] = open_store(settings.files_url, ROOT)
    app.extensions["gateways"] = open_gateways(settings)
    current_cooperative.install(app)
    own_data.install(
        app,
        [own_data.of_account, of_member, of_buyer, of_asker, of_saver, of_debtor, of_deliverer],
    )
    overview.install(
        app, [order_tasks, claim_tasks, payout_tasks, credit_tasks, overview.own_tasks]
    )
    app.after_request(health.count)
    app.jinja_env.globals.update(site_name=settings.site_name)
    work = jobs.install(app, open_queue(app.config["SQLALCHEMY_DATABASE_URI"]))
    _listen(app, work)
    if not settings.is_production:
        app.register_blueprint(showroom.showroom)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    api_documents.install(app)
    for command in COMMANDS:
        app.cli.add_command(command)
    pages.install(app)
    _stand_behind_proxy(app, settings)
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "ROOT": ROOT,
        "SETTINGS": settings,
        "TESTING": settings.env == "test",
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": database_url(settings),
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "SESSION_COOKIE_NAME": "guyub",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_REFRESH_EACH_REQUEST": False,  # a page without changes sets no cookie
        "TRUSTED_HOSTS": list(settings.trusted_hosts),
        "MAX_CONTENT_LENGTH": security.BODY_LIMIT,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "WTF_CSRF_SSL_STRICT": False,  # Origin is checked for every request in web.security
        "RATELIMIT_ENABLED": settings.rate_limits,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "RATELIMIT_HEADERS_ENABLED": True,
        "COMPRESS_ALGORITHM": ["zstd", "br", "gzip"],
        "COMPRESS_BR_LEVEL": 4,
        "JSON_SORT_KEYS": False,
        **_mail(settings),
    }


def database_url(settings: Settings) -> str:
    """Give the database's address, with an SQLite file resolved against the project."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        path = ROOT / url.database
        path.parent.mkdir(parents=True, exist_ok=True)
        url = url.set(database=str(path))
    return url.render_as_string(hide_password=False)


def _engine_options(settings: Settings) -> dict[str, Any]:
    if settings.database_url.startswith("sqlite"):
        return {"pool_size": settings.web_threads + 2, "max_overflow": 4}
    return {
        "pool_size": settings.web_threads,
        "max_overflow": 4,
        "pool_timeout": 2,
        "pool_pre_ping": True,
        "connect_args": {"options": POSTGRESQL_OPTIONS, "connect_timeout": 3},
    }


def _mail(settings: Settings) -> dict[str, Any]:
    url = make_url(settings.mail_url if "://" in settings.mail_url else "console://")
    if settings.mail_url.startswith("file:"):
        folder = ROOT / settings.mail_url.removeprefix("file:")
        return {"MAIL_BACKEND": "file", "MAIL_FILE_PATH": str(folder)}
    if url.drivername != "smtp":
        return {"MAIL_BACKEND": "locmem" if settings.env == "test" else "console"}
    return {
        "MAIL_BACKEND": "smtp",
        "MAIL_SERVER": url.host,
        "MAIL_PORT": url.port or 25,
        "MAIL_USERNAME": url.username,
        "MAIL_PASSWORD": url.password,
        "MAIL_USE_TLS": url.query.get("tls") == "yes",
        "MAIL_TIMEOUT": 10,
    }


def _bind_extensions(app: Flask) -> None:
    for extension in (db, login, csrf, limiter, mail, compress):
        extension.init_app(app)
    migrate.init_app(
        app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True
    )
    login.session_protection = None  # sign-ins are rows; a changing phone network is no theft


def _open_database(app: Flask) -> None:
    with app.app_context():
        prepare_engine(db.engine)


def _listen(app: Flask, work: jobs.Jobs) -> None:
    """Say who hears of what, and what is done every minute."""
    search.install(app, work)
    work.every_minute(expire_overdue)
    work.every_night(audit_all)
    work.every_night(watch_shelves)
    work.every_minute(use_new_destinations)
    work.every_minute(tend_claims)
    work.every_minute(report_left_lying)
    work.every_minute(close_rounds)
    work.every_minute(ask_again)
    work.every_minute(forget_old_keys)
    work.every_minute(forget_what_is_over)
    work.every_minute(tend_statistics)

    mail_post.listen(work)
    account_mail.listen(work)
    order_gateways.listen(work)
    order_notices.listen(work)
    payment_notices.listen(work)
    supply_notices.listen(work)
    payout_notices.listen(work)
    balance_notices.listen(work)
    credit_notices.listen(work)
    claim_notices.listen(work)


def expire_overdue(session: Session, at: datetime) -> None:
    """End unpaid orders past their deadline; checkouts do so too, for the goods they touch."""
    orders_service.expire_overdue(session, at=at)


def use_new_destinations(session: Session, at: datetime) -> None:
    """Use QRIS codes and accounts whose day of waiting is over; checkouts do so too."""
    payments_service.take_effect(session, at=at)


def close_rounds(session: Session, at: datetime) -> None:
    """Lock supply rounds whose time is over."""
    supply_service.close_due(session, at=at)


def ask_again(session: Session, at: datetime) -> None:
    """Ask for the supplies that members need again and again."""
    supply_service.ask_again(session, at=at)


def tend_claims(session: Session, at: datetime) -> None:
    """Remind of claims nobody has answered, and hand those that are late to the operator."""
    claims_service.tend(session, at=at)


def report_left_lying(session: Session, at: datetime) -> None:
    """Tell officers and operator of proofs that nobody has looked at for two days."""
    orders_service.report_left_lying(session, at=at)


def forget_what_is_over(session: Session, at: datetime) -> None:
    """Drop sign-ins and links that ended long ago."""
    people.forget_what_is_over(session, at=at)


def tend_statistics(session: Session, _at: datetime) -> None:
    """Let the database know how its tables have grown."""
    keep_statistics(session)


def _stand_behind_proxy(app: Flask, settings: Settings) -> None:
    static = WhiteNoise(
        app.wsgi_app,
        root=str(ROOT / "static"),
        prefix="static/",
        max_age=YEAR if settings.is_production else 0,
        autorefresh=settings.env == "development",
    )
    app.wsgi_app = ProxyFix(static, x_for=1, x_proto=1, x_host=1) if settings.https else static  # type: ignore[method-assign]
