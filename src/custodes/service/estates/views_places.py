"""What is told of an estate, its sites and its systems; and the map of sites."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from custodes.knowledge import knowledge
from custodes.model.errors import BadInput
from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.estates import acts, sitemap
from custodes.service.estates.desk import Desk, desk
from custodes.service.estates.folder import TEXTS
from custodes.service.estates.models import KEPT, Device, Estate, Site, System, Upload
from custodes.service.estates.taking import Kind
from custodes.service.estates.views_start import ESTATE
from custodes.service.returns.files import path_of
from custodes.service.surveys.models import Body
from custodes.service.web.forms import day_of, text_of

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
#: What a system tells besides its name and kind, with the words of the page.
SYSTEM_FIELDS = {
    "owner": "Owner",
    "operator": "Operator",
    "controller": "Data controller",
    "landlord": "Landlord",
    "installer": "Installer",
    "contract": "Contract",
    "contract_end": "Contract ends (a day, as 2027-03-31)",
}


@page(f"{ESTATE}settings/", "estate_settings", May.READ_ESTATE)
def settings(request: Request, body: str) -> HttpResponse:
    """What is told of the estate as a whole, its sites, its systems."""
    return _settings_page(request, body, "")


def _settings_page(request: Request, body: str, wrong: str) -> HttpResponse:
    held = desk(request, body)
    pack = knowledge(()).pack
    context = {
        "kinds": {key: one.name for key, one in sorted(pack.rulebook.bodies.items())},
        "system_kinds": sorted(pack.rulebook.class_of_system),
        "countries": {code: names[0] for code, names in sorted(pack.countries.items(), key=lambda one: one[1][0])},
        "sites": Site.objects.filter(body=body),
        "systems": System.objects.filter(body=body),
        "system_fields": SYSTEM_FIELDS,
        "texts": TEXTS,
        "told": request.POST,
        "wrong": wrong,
    }
    return held.show("settings", "estate_settings", context, status=400 if wrong else 200)


@page(f"{ESTATE}settings/act/", "estate_settings_act", May.WORK_ESTATE, ("POST",))
def settings_act(request: Request, body: str) -> HttpResponse:
    """Tells the estate, a site, many sites, a system."""
    acting = _ACTS.get(request.POST.get("act", ""))
    if acting is None:
        return _settings_page(request, body, "Choose what to change.")
    estate = acts.estate_of(get_object_or_404(Body, pk=body))
    try:
        acts.configure(estate, request.person.account, lambda held: acting(held, request.POST))
    except acts.Unfit as error:
        return _settings_page(request, body, str(error))
    messages.success(request, "Kept. It is being worked in.")
    return redirect("estate_settings", body=body)


def _tell_estate(held: Estate, post: Any) -> dict[str, Any]:
    pack = knowledge(()).pack
    kind, country = text_of(post, "kind", 60), text_of(post, "country", 2).upper()
    if kind and kind not in pack.rulebook.bodies:
        raise acts.Unfit("Choose the kind of body.")
    if country and country not in pack.countries:
        raise acts.Unfit("Choose the country that the five readings are about.")
    day = day_of(post, "as_at")
    held.told["as_at"] = _day(day)
    held.told["complete"] = post.get("complete") == "yes"
    held.title, held.kind, held.country = text_of(post, "title", 200), kind, country
    held.jurisdiction, held.marking = text_of(post, "jurisdiction", 60), text_of(post, "marking", 60)
    if post.get("core") in ("yes", "no", ""):
        facts = dict(held.told.get("facts") or {})
        facts.pop("core-network", None)
        held.told["facts"] = facts | ({"core-network": post["core"] == "yes"} if post["core"] else {})
    held.save(update_fields=["title", "kind", "country", "jurisdiction", "marking", "told"])
    return {"kind": kind, "country": country}


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise acts.Unfit("The day is no day of the calendar.") from None


def _tell_site(held: Estate, post: Any) -> dict[str, Any]:
    aliases = [one.strip() for one in text_of(post, "aliases", 1000).split(",") if one.strip()]
    row = {key: text_of(post, key, 200) for key in ("id", "name", "landlord", "latitude", "longitude")}
    return _keep_site(held, row | {"sensitive": post.get("sensitive", "")}, aliases)


def _keep_site(held: Estate, row: dict[str, str], aliases: list[str] | None) -> dict[str, Any]:
    """A site, new or known. What the row does not tell stays as it was. Raises Unfit."""
    slug = row["id"].lower()
    if not _ID.fullmatch(slug) or not row["name"]:
        raise acts.Unfit(f"A site has an id of small letters, digits and hyphens, and a name: {row['id'][:40]!r}.")
    site, _ = Site.objects.get_or_create(body_id=held.body_id, slug=slug)
    site.name = row["name"][:200]
    site.landlord = row.get("landlord", site.landlord)[:200]
    if row.get("sensitive"):
        site.sensitive = _yes(row["sensitive"])
    if "latitude" in row or "longitude" in row:
        latitude, longitude = _degrees(row.get("latitude", ""), 90), _degrees(row.get("longitude", ""), 180)
        if (latitude is None) != (longitude is None):
            raise acts.Unfit(f"{row['name'][:60]}: give both latitude and longitude, or neither.")
        site.latitude, site.longitude = latitude, longitude
    if aliases is not None:
        site.told = {**site.told, "aliases": aliases}
    site.save()
    return {"site": slug}


def _yes(text: str) -> bool:
    """Whether a word says yes. Raises Unfit for one that says neither."""
    word = text.strip().casefold()
    if word in ("yes", "y", "true", "1"):
        return True
    if word in ("no", "n", "false", "0"):
        return False
    raise acts.Unfit(f"Sensitive is yes or no, not {text[:20]!r}.")


def _degrees(text: str, most: float) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -most <= value <= most:
        raise acts.Unfit(f"{text[:20]!r} is no position: degrees with decimals, as 51.5074 and -0.1278.")
    return value


def _tell_sites(held: Estate, post: Any) -> dict[str, Any]:
    """Many sites, as lines of CSV with a heading."""
    try:
        rows = list(csv.DictReader(io.StringIO(text_of(post, "sites", 200_000))))
    except csv.Error as error:
        raise acts.Unfit(f"The lines cannot be read: {error}.") from None
    if not rows or "id" not in rows[0] or "name" not in rows[0]:
        raise acts.Unfit(
            "The first line names the columns: id, name, sensitive, landlord, latitude, longitude, aliases."
        )
    for row in rows:
        plain = {str(key).strip(): (value or "").strip() for key, value in row.items() if isinstance(value, str)}
        aliases = [one.strip() for one in plain.get("aliases", "").split(";") if one.strip()]
        _keep_site(held, {"id": "", "name": "", **plain}, aliases if "aliases" in plain else None)
    return {"sites": len(rows)}


def _tell_system(held: Estate, post: Any) -> dict[str, Any]:
    slug, name = text_of(post, "id", 64).lower(), text_of(post, "name", 200)
    if not _ID.fullmatch(slug) or not name:
        raise acts.Unfit("A system has an id of small letters, digits and hyphens, and a name.")
    kind = text_of(post, "kind", 60)
    if kind and kind not in knowledge(()).pack.rulebook.class_of_system:
        raise acts.Unfit("Choose the kind of system.")
    system, _ = System.objects.get_or_create(body_id=held.body_id, slug=slug)
    told = {key: text_of(post, key, 200) for key in SYSTEM_FIELDS}
    told["contract_end"] = _day(told["contract_end"])
    system.name, system.kind = name, kind
    system.told = {**system.told, **told}
    system.save()
    return {"system": slug}


def _tell_text(held: Estate, post: Any) -> dict[str, Any]:
    """A file of the folder that is told as text: the plan's limits, declarations, attestations."""
    name = text_of(post, "name", 40)
    if name not in TEXTS:
        raise acts.Unfit("Choose which file.")
    text = post.get("text", "").replace("\r\n", "\n").replace("\x00", "")[:200_000]
    return acts.keep_text(held, name, text)


_ACTS = {
    "estate": _tell_estate,
    "site": _tell_site,
    "sites": _tell_sites,
    "system": _tell_system,
    "text": _tell_text,
}


@page(f"{ESTATE}map/", "estate_map", May.READ_ESTATE)
def show_map(request: Request, body: str) -> HttpResponse:
    """The sites, on a map where they have positions, and in a table in any case."""
    held = desk(request, body)
    rows = _sites(held)
    spots = [
        sitemap.Spot(
            number, row["name"], row["latitude"], row["longitude"], row["devices"], row["open"], row["sensitive"]
        )
        for number, row in enumerate(rows, 1)
        if row["latitude"] is not None
    ]
    boundary = Upload.objects.filter(body=body, kind=Kind.BOUNDARY, state=KEPT).order_by("-pk").first()
    drawn, credit, wrong = None, "", ""
    try:
        rings, credit = sitemap.outlines(path_of(boundary.sha256)) if boundary is not None else ([], "")
        drawn = sitemap.draw(spots, rings) if spots else None
    except BadInput as error:
        wrong = str(error)
    context = {"rows": rows, "drawn": drawn, "credit": credit, "wrong": wrong, "unplaced": _unplaced(held)}
    return held.show("map", "estate_map", context)


def _sites(held: Desk) -> list[dict[str, Any]]:
    """Each site with how much stands there in use, and of how much the maker is not established."""
    counted = Device.objects.filter(run=held.run, body=held.body, live=True).exclude(place="")
    sums: dict[str, Any] = {
        row["place"]: row
        for row in counted.values("place").annotate(
            devices=Sum("quantity"), open=Sum("quantity", filter=~Q(sure="asserted"))
        )
    }
    return [
        {
            "slug": site.slug,
            "name": site.name,
            "sensitive": site.sensitive,
            "landlord": site.landlord,
            "latitude": site.latitude,
            "longitude": site.longitude,
            "devices": sums.get(site.slug, {}).get("devices") or 0,
            "open": sums.get(site.slug, {}).get("open") or 0,
        }
        for site in Site.objects.filter(body=held.body)
    ]


def _unplaced(held: Desk) -> int:
    found = Device.objects.filter(run=held.run, body=held.body, live=True, place="").aggregate(all=Sum("quantity"))
    return int(found["all"] or 0)
