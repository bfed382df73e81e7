"""The component templates render in our Jinja environment, as the version of the stylesheet that is served expects."""

import json
from importlib import metadata
from pathlib import Path

import jinja2
import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def environment() -> jinja2.Environment:
    return jinja2.Environment(
        undefined=jinja2.ChainableUndefined, loader=jinja2.PackageLoader("nhsuk_frontend_jinja"), autoescape=True
    )


def test_every_template_compiles(environment: jinja2.Environment) -> None:
    names = environment.list_templates(extensions=["jinja"])
    assert len(names) > 80
    for name in names:
        environment.get_template(name)


def test_the_page_template_carries_our_words_and_a_nonce(environment: jinja2.Environment) -> None:
    page = environment.from_string(
        '{% extends "nhsuk/template.jinja" %}{% block pageTitle %}Record{% endblock %}'
        "{% block content %}<p>{{ words }}</p>{% endblock %}"
    ).render(words=SCRIPT, cspNonce="abc")
    assert "<title>Record</title>" in page
    assert SCRIPT not in page
    assert '<script nonce="abc">' in page


@pytest.mark.parametrize(
    ("component", "macro", "options", "expected"),
    [
        ("warning-callout", "warningCallout", {"heading": SCRIPT, "text": "b"}, "nhsuk-card--warning"),
        ("error-summary", "errorSummary", {"titleText": SCRIPT, "errorList": [{"text": "e"}]}, "nhsuk-error-summary"),
        ("tag", "tag", {"text": SCRIPT}, "nhsuk-tag"),
        ("button", "button", {"text": SCRIPT}, "nhsuk-button"),
        (
            "summary-list",
            "summaryList",
            {"rows": [{"key": {"text": "k"}, "value": {"text": SCRIPT}}]},
            "nhsuk-summary-list",
        ),
        ("input", "input", {"id": "a", "name": "a", "label": {"text": SCRIPT}}, "nhsuk-input"),
        ("radios", "radios", {"name": "a", "items": [{"value": "1", "text": SCRIPT}]}, "nhsuk-radios"),
        ("details", "details", {"summaryText": SCRIPT, "text": "b"}, "nhsuk-details"),
        ("notification-banner", "notificationBanner", {"text": SCRIPT}, "nhsuk-notification-banner"),
        ("tables", "table", {"caption": SCRIPT, "rows": [[{"text": "b"}]]}, "nhsuk-table"),
        ("tabs", "tabs", {"items": [{"label": SCRIPT, "id": "x", "panel": {"text": "b"}}]}, "nhsuk-tabs"),
        ("header", "header", {"service": {"text": SCRIPT}}, "nhsuk-header"),
    ],
)
def test_a_component_renders_and_escapes_what_it_is_given(
    environment: jinja2.Environment, component: str, macro: str, options: dict[str, object], expected: str
) -> None:
    source = f'{{% from "nhsuk/components/{component}/macro.jinja" import {macro} %}}{{{{ {macro}(options) }}}}'
    html = environment.from_string(source).render(options=options)
    assert expected in html
    assert SCRIPT not in html
    assert "&lt;script&gt;" in html


def test_templates_and_stylesheet_are_of_one_release() -> None:
    """The project behind the templates pairs its 0.10 with the stylesheet's 10.6."""
    templates = metadata.version("nhsuk-frontend-jinja").split(".")[1]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]["node_modules/nhsuk-frontend"]["version"]
    assert (templates, locked.split(".")[:2]) == ("10", ["10", "6"])
