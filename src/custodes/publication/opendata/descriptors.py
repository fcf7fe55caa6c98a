"""What describes the tables to machines: Frictionless, CSVW, DCAT, Datasette; claims as ClaimReview; links as FtM."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from custodes.model.names import file_word
from custodes.publication.edition.content import Release
from custodes.publication.opendata.frozen import dump
from custodes.publication.opendata.tables import Table
from custodes.publication.site.reached import Reaching
from custodes.survey.count import Standing
from custodes.survey.verdicts import Judged

_CSVW = {"string": "string", "integer": "integer", "number": "number", "date": "date"}
_RATING = {"supported": 5, "superseded": 3, "contradicted": 1}
_RATING_WORDS = {
    "supported": "Holds",
    "superseded": "Held when it was said, and no longer does",
    "contradicted": "Does not hold",
    "not_comparable": "Speaks of another thing",
    "unverifiable": "Cannot be settled",
}


def title(found: Release) -> str:
    """The title in English."""
    return found.plan.title.get("en") or found.survey.questionnaire.id


def datapackage(found: Release, tables: Sequence[Table], files: dict[str, bytes]) -> bytes:
    """A Frictionless data package (v1 and v2 tools read it)."""
    resources = []
    for table in tables:
        path = f"{table.name}.csv"
        data = files[f"data/{path}"]
        resources.append(
            {
                "name": table.name,
                "title": table.title,
                "description": table.means,
                "type": "table",
                "profile": "tabular-data-resource",
                "path": path,
                "scheme": "file",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {"lineTerminator": "\r\n", "delimiter": ",", "quoteChar": '"', "doubleQuote": True},
                "bytes": len(data),
                "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
                "schema": {
                    "fields": [{"name": one.name, "type": one.kind, "description": one.means} for one in table.columns],
                    "missingValues": [""],
                },
            }
        )
    return dump(
        {
            "profile": "tabular-data-package",
            "name": file_word(found.survey.questionnaire.id).lower(),
            "title": title(found),
            "version": found.last.edition.id,
            "created": f"{found.last.edition.cut.isoformat()}T00:00:00Z",
            **({"licenses": [dict(found.plan.licence)]} if found.plan.licence else {}),
            "resources": resources,
        }
    )


def csvw(found: Release, tables: Sequence[Table]) -> bytes:
    """CSV on the Web: the metadata of all tables."""
    return dump(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "dc:title": title(found),
            "tables": [
                {
                    "url": f"{table.name}.csv",
                    "dc:title": table.title,
                    "dc:description": table.means,
                    "tableSchema": {
                        "columns": [
                            {
                                "name": one.name,
                                "titles": one.name,
                                "dc:description": one.means,
                                "datatype": _CSVW[one.kind],
                                "null": [""],
                            }
                            for one in table.columns
                        ],
                    },
                }
                for table in tables
            ],
        }
    )


def dcat(found: Release, listed: Sequence[tuple[str, str, int]]) -> bytes:
    """The dataset for catalogues (DCAT 3, JSON-LD). Its addresses are relative to the folder that it lies in."""
    last = found.last.edition
    told: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "dcat:Dataset",
        "dct:title": {"@language": "en", "@value": title(found)},
        "dct:description": {"@language": "en", "@value": _DESCRIPTION},
        "dct:identifier": found.plan.origin,
        "dcat:version": last.id,
        "dct:modified": {"@type": "xsd:date", "@value": last.cut.isoformat()},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcat:accessURL": {"@id": f"../{path}"},
                "dcat:downloadURL": {"@id": f"../{path}"},
                "dct:description": holds,
                "dcat:mediaType": {"@id": f"{_IANA}{_media(path)}"},
                "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(size)},
            }
            for path, holds, size in listed
        ],
    }  # fmt: skip
    if found.plan.licence.get("path"):
        told["dct:license"] = {"@id": found.plan.licence["path"]}
    if found.plan.publisher:
        told["dct:publisher"] = {"@type": "foaf:Agent", "foaf:name": found.plan.publisher}
    return dump(told)


_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "foaf": "http://xmlns.com/foaf/0.1/",
}
_IANA = "https://www.iana.org/assignments/media-types/"
_DESCRIPTION = (
    "What public bodies answered about their surveillance equipment: figures with bounds, answers, claims in print."
)
_MEDIA = {
    "csv": "text/csv",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "db": "application/vnd.sqlite3",
    "md": "text/markdown",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def _media(path: str) -> str:
    return _MEDIA.get(path.rsplit(".", 1)[-1], "application/octet-stream")


def datasette(found: Release, tables: Sequence[Table]) -> bytes:
    """`metadata.json` of Datasette for the SQLite file."""
    return dump(
        {
            "title": title(found),
            **({"license": found.plan.licence["title"]} if found.plan.licence.get("title") else {}),
            **({"license_url": found.plan.licence["path"]} if found.plan.licence.get("path") else {}),
            "databases": {
                "data": {
                    "tables": {
                        table.name: {
                            "title": table.title,
                            "description": table.means,
                            "columns": {one.name: one.means for one in table.columns},
                        }
                        for table in tables
                    }
                }
            },
        }
    )


def claim_reviews(found: Release) -> bytes:
    """Each claim as schema.org ClaimReview. A claim that cannot be rated is reviewed in words alone."""
    return dump({"@context": "https://schema.org", "@graph": [_review(found, one) for one in found.claims]})


def _review(found: Release, one: Judged) -> dict[str, Any]:
    claim, verdict = one.claim, str(one.verdict)
    rating: dict[str, Any] = {"@type": "Rating", "alternateName": _RATING_WORDS[verdict]}
    if verdict in _RATING:
        rating |= {"ratingValue": _RATING[verdict], "bestRating": 5, "worstRating": 1}
    said: dict[str, Any] = {"@type": "Claim", "datePublished": claim.said_at.isoformat()}
    if claim.said_by:
        said["author"] = {"@type": "Organization", "name": claim.said_by}
    if claim.source.startswith("https://"):
        said["appearance"] = {"@type": "CreativeWork", "url": claim.source}
    elif claim.source:
        said["appearance"] = {"@type": "CreativeWork", "name": claim.source}
    review: dict[str, Any] = {
        "@type": "ClaimReview",
        "@id": f"#{claim.id}",
        "url": f"../claims.html#{claim.id}",
        "datePublished": found.last.edition.cut.isoformat(),
        "claimReviewed": claim.text or claim.id,
        "itemReviewed": said,
        "reviewRating": rating,
        "reviewBody": ". ".join(one.because),
    }
    if found.plan.publisher:
        review["author"] = {"@type": "Organization", "name": found.plan.publisher}
    return review


def ftm(found: Release, reached: Reaching) -> bytes:
    """Bodies, firms, and which body said that it has equipment of which, as FollowTheMoney entities (JSON lines).

    Only what is published of a body makes a link; the link says what was said, and by whom.
    """
    return b"".join(
        json.dumps(one, ensure_ascii=False, sort_keys=True).encode() + b"\n" for one in _ftm(found, reached)
    )


def _ftm(found: Release, reached: Reaching) -> Iterator[dict[str, Any]]:
    home = found.plan.origin
    asked = dict.fromkeys(
        body for wave in found.survey.waves.values() for body in found.survey.bodies.values() if wave.invites(body)
    )
    for body in asked:
        yield _entity(f"{home}/body/{body.id}", "PublicBody", {"name": [body.name], "topics": ["gov"]})
    for one in reached.suppliers:
        told = {"name": [one.name]}
        if one.row is not None:
            told["name"] = list(dict.fromkeys([one.name, one.row.legal_name or one.name, *one.row.native_names]))
            told |= {"country": [one.row.country.lower()]} if one.row.country else {}
        yield _entity(f"{home}/firm/{one.name}", "Company", told)
    for figure in found.last.figures:
        if len(figure.figure.definition.names) != 1:  # a figure that names several firms says of none that it is there
            continue
        firm = figure.figure.definition.names[0]
        for name, what in figure.members.items():
            if what == Standing.COUNTED:
                link = {
                    "subject": [_id(f"{home}/body/{name}")],
                    "object": [_id(f"{home}/firm/{firm}")],
                    "role": [figure.figure.definition.title.get("en") or figure.figure.definition.id],
                    "date": [found.last.edition.cut.isoformat()],
                    "publisher": [found.plan.publisher] if found.plan.publisher else [],
                }
                yield _entity(f"{home}/{figure.figure.definition.id}/{name}", "UnknownLink", link)


def _id(name: str) -> str:
    return hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()


def _entity(name: str, schema: str, told: dict[str, list[str]]) -> dict[str, Any]:
    return {"id": _id(name), "schema": schema, "properties": {key: value for key, value in told.items() if value}}


def dictionary(tables: Sequence[Table]) -> bytes:
    """The data dictionary, made from the same descriptions as the tables."""
    lines = ["# Data dictionary", "", "Empty cells mean not known or not applicable.", ""]
    for table in tables:
        lines += [f"## {table.name}", "", f"{table.means[0].upper()}{table.means[1:]}.", ""]
        lines += ["| column | type | meaning |", "|---|---|---|"]
        lines += [f"| `{one.name}` | {one.kind} | {one.means.replace('|', chr(92) + '|')} |" for one in table.columns]
        lines += ["", f"Rows are told apart by {', '.join(f'`{name}`' for name in table.key)}.", ""]
    return "\n".join(lines).encode()
