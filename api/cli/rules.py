"""`pos-sim rules`: the rulebook of the watch: list, show, check, compare."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.options import DatabaseUrl, Json, fail, opened, print_json, settings_of
from api.models.risk_rules import ClauseShown, ParameterShown
from risk.differences import Difference, differences
from risk.overrides import params_of
from risk.pages import RulebookError
from risk.releases import as_shipped, published
from risk.rule_rows import read_rules
from risk.rulebook import FILE, RuleSet
from risk.rules import RuleVersion
from risk.store.version_rows import all_versions

app = typer.Typer(
    help="监测规则 · Rules of the watch: list, show, check, diff.", no_args_is_help=True
)

Live = Annotated[
    bool, typer.Option("--live", help="With the versions approved in the database, too.")
]
RULE = "a rule like R01, one of its versions like R01@2, a rulebook file, or `shipped`"


@app.command("list")
def list_all(live: Live = False, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """List the versions of all rules."""
    versions = rules_of(live, database_url).versions
    if as_json:
        print_json([summary(version) for version in versions])
        return
    for version in versions:
        typer.echo(line_of(version))


@app.command()
def show(
    rule: Annotated[str, typer.Argument(help="R01, or one of its versions: R01@2.")],
    live: Live = False,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Show one rule: clauses, parameters, bands, and what they say."""
    version = version_named(rule, rules_of(live, database_url))
    if as_json:
        print_json(whole(version))
        return
    for line in lines_about(version):
        typer.echo(line)


@app.command()
def check(
    documents: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, dir_okay=False, help="Rulebooks; none: the shipped one."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check rulebooks as they would be read; 1 names file, rule and field."""
    found: list[RuleVersion] = []
    for document in documents or ():
        found += read(document, as_json=as_json).versions
    versions = found if documents else list(as_shipped().versions)
    if as_json:
        print_json({"ok": True, "versions": [summary(version) for version in versions]})
        return
    for version in versions:
        typer.echo(line_of(version))


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help=f"Before: {RULE}.")],
    after: Annotated[str, typer.Argument(help="After: the same.")],
    live: Live = False,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Compare two versions, or two rulebooks rule by rule; no difference prints nothing."""
    known = rules_of(live, database_url)
    old, new = side(before, known), side(after, known)
    pairs = paired(old, new)
    report = [(name_of(one, other), differences(one, other)) for one, other in pairs]
    if as_json:
        print_json({name: [one._asdict() for one in found] for name, found in report if found})
        return
    for name, found in report:
        for one in found:
            typer.echo(f"{name} {told(one)}")


# Where rules come from ---------------------------------------------------------------------------


def rules_of(live: bool, database_url: str | None) -> RuleSet:
    """Return the shipped rules, with those of the database where asked."""
    if not live:
        return as_shipped()
    sandbox = opened(settings_of(database_url=database_url))
    try:
        return published(sandbox.database.read_now(all_versions))
    except RulebookError as wrong:
        fail(str(wrong), 1)
    finally:
        sandbox.database.close_now()


def read(document: Path, *, as_json: bool = False) -> RuleSet:
    """Return the rules of a file; exit 1 where it cannot be used, 2 where it cannot be read."""
    try:
        return RuleSet.of(read_rules(document.read_text("utf-8"), document.name), document.name)
    except RulebookError as wrong:
        if as_json:
            mistake = {"file": wrong.file, "rule": wrong.rule, "field": wrong.field}
            print_json({"ok": False, "mistake": mistake | {"message": wrong.message}})
            raise typer.Exit(1) from None
        fail(str(wrong), 1)
    except (OSError, UnicodeDecodeError) as error:
        fail(f"无法读取 · Cannot read {document}: {error}")


def side(name: str, known: RuleSet) -> dict[str, RuleVersion]:
    """Return the rules that one side of a comparison names, each in its latest version."""
    if Path(name).is_file():
        return latest(read(Path(name)))
    if name in ("shipped", FILE):
        return latest(as_shipped())
    version = version_named(name, known)
    return {version.rule_id: version}


def paired(
    old: dict[str, RuleVersion], new: dict[str, RuleVersion]
) -> list[tuple[RuleVersion | None, RuleVersion | None]]:
    """Return what is compared: two versions as they are, of rulebooks each rule with itself."""
    if len(old) == len(new) == 1:
        return [(next(iter(old.values())), next(iter(new.values())))]
    names = old.keys() | new.keys()
    for one in (old, new):
        names = set(one) if len(one) == 1 else names
    return [(old.get(name), new.get(name)) for name in sorted(names)]


def latest(rules: RuleSet) -> dict[str, RuleVersion]:
    return {version.rule_id: version for version in rules.versions}


def version_named(name: str, rules: RuleSet) -> RuleVersion:
    """Return ``R01@2``, or the latest version of ``R01``; exit 2 where there is none."""
    rule_id, _, number = name.partition("@")
    found = [
        one for one in rules.versions if one.rule_id == rule_id and number in ("", str(one.version))
    ]
    if not found:
        fail(f"没有规则 {name}，也没有这个文件 · There is no rule {name}, and no such file")
    return found[-1]


# What is printed ---------------------------------------------------------------------------------


def line_of(version: RuleVersion) -> str:
    """Return one line about a version."""
    return (
        f"{version.rule_id}@{version.version:<3} {version.effective_from} {version.mode:10}"
        f" {version.lane:6} {version.title} · {version.title_en} ({version.checksum[:12]})"
    )


def summary(version: RuleVersion) -> dict[str, Any]:
    return {
        "rule_id": version.rule_id,
        "version": version.version,
        "title": version.title,
        "title_en": version.title_en,
        "lane": version.lane.value,
        "mode": version.mode.value,
        "effective_from": version.effective_from.isoformat(),
        "checksum": version.checksum,
    }


def whole(version: RuleVersion) -> dict[str, Any]:
    """Return a version with its clauses, and its params as a proposal takes them."""
    clauses = [ClauseShown.of(one).model_dump(by_alias=True) for one in version.clauses]
    return summary(version) | {
        "intent": version.intent,
        "intent_en": version.intent_en,
        "businesses": sorted(business.value for business in version.businesses),
        "feeds": [feed.value for feed in version.feeds],
        "clauses": clauses,
        "params": params_of(json.loads(version.canonical)),
    }


def lines_about(version: RuleVersion) -> Iterator[str]:
    """Give a version as people read it."""
    yield line_of(version)
    yield f"  {version.intent} · {version.intent_en}"
    for clause in map(ClauseShown.of, version.clauses):
        yield f"  [{clause.name}] {clause.template_title} {clause.template_title_en}, {clause.unit}"
        for one in filter(is_set, clause.parameters):
            yield f"    {one.label} {one.name} = {shown(one.value)}{unit_of(one.unit)}"
        for guard in clause.guards:
            yield f"    且 and {guard}"
        for band in clause.bands:
            end = "" if band.to is None else str(band.to)
            yield f"    {band.from_}–{end} {band.severity} {band.decision}: {band.reason}"


def told(one: Difference) -> str:
    return f"{one.field}: {shown(one.before)} → {shown(one.after)}"


def shown(value: Any) -> str:
    if value is None:
        return "–"
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def is_set(parameter: ParameterShown) -> bool:
    """Say whether a parameter says anything: 0 and nothing are how a template does without."""
    return parameter.value not in ("", 0, [])


def unit_of(unit: str | None) -> str:
    return f" {unit}" if unit else ""


def name_of(before: RuleVersion | None, after: RuleVersion | None) -> str:
    """Return how a line of a comparison begins."""
    version = after or before
    assert version is not None
    return version.rule_id
