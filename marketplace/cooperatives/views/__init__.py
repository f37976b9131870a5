"""Pages of a cooperative's back office, of one's cooperatives, and of those who run the site."""

from marketplace.cooperatives.views import hours, mine, overview, points, posts, profile
from marketplace.cooperatives.views.blueprint import cooperatives
from marketplace.cooperatives.views.operator import operator_pages

__all__ = [
    "cooperatives",
    "hours",
    "mine",
    "operator_pages",
    "overview",
    "points",
    "posts",
    "profile",
]
