"""The pages that belong to nobody: the front page, one's own start, health, measures."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpResponse, JsonResponse

from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.home import home as data_folder
from custodes.service.returns.views_hub import returns_of
from custodes.service.surveys.models import Survey
from custodes.service.web.measuring import counts
from custodes.service.web.pages import show


@page("", "front", May.ANYTHING_PUBLIC)
def front(request: Request) -> HttpResponse:
    """What is published here, for everybody."""
    out = data_folder().published
    surveys = [one for one in Survey.objects.order_by("id") if (out / one.pk / "index.html").is_file()]
    return show(request, "front.html", {"surveys": surveys})


@page("home/", "home", May.OWN)
def home(request: Request) -> HttpResponse:
    """One's own start: the returns of one's bodies, and what one is."""
    bodies = frozenset(request.person.bodies)
    return show(request, "home.html", {"returns": returns_of(bodies) if bodies else []})


@page("home/account/", "account", May.OWN)
def account(request: Request) -> HttpResponse:
    """One's own account."""
    return show(request, "account.html")


@page("health", "health", May.ANYTHING_PUBLIC)
def health(request: Request) -> JsonResponse:
    """Whether the database answers and every migration has run: 200, or 503."""
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return JsonResponse({"status": "database"}, status=503)
    return JsonResponse({"status": "ok" if not waiting else "migrations"}, status=503 if waiting else 200)


@page("metrics", "metrics", May.ANYTHING_PUBLIC)
def metrics(request: Request) -> HttpResponse:
    """Measures for Prometheus: to this machine only, or with the token that the environment names."""
    import os
    import secrets

    from django.http import Http404

    token = os.environ.get("CUSTODES_METRICS_TOKEN", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    near = request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1") and "HTTP_X_FORWARDED_FOR" not in request.META
    if not (secrets.compare_digest(given.encode(), token.encode()) if token else near):
        raise Http404
    return HttpResponse(counts.text() + _queues(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _queues() -> str:
    from django_tasks_db.models import DBTaskResult

    from custodes.service.audit.models import Event
    from custodes.service.mail.models import Message

    with within(EVERYTHING):
        told = {
            "custodes_mail_waiting": Message.objects.filter(sent_at=None).count(),
            "custodes_tasks_waiting": DBTaskResult.objects.ready().count(),
            "custodes_events": Event.objects.count(),
        }
    return "".join(f"# TYPE {name} gauge\n{name} {value}\n" for name, value in told.items())
