"""Renders executed notebooks as pages of one site.

Arguments are the path of a JSON object, the folder that relative places are looked for from, the folder to write to, and
the notebooks in order. The object has "page" and "style" (the texts of the page's template and of its style sheet),
"heading" and "footer". Paths are arguments because JSON cannot hold those that are not Unicode. Equations become MathML,
which browsers draw themselves, and pictures become part of the pages: nothing is loaded from anywhere.
"""

import html
import json
import re
import sys
from pathlib import Path

import jinja2
import nbformat
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter


def mathml(latex, display):
    # The two environments mean the same here, and the converter knows one of them.
    known = latex.strip().replace("{aligned}", "{split}")
    result = convert(known, display=display)
    if "\\" in result:
        sys.exit(f"an equation has a command that cannot be shown as MathML: {latex.strip()}")
    return result


class Renderer(IPythonRenderer):
    """Markdown to HTML, with equations as MathML."""

    def block_math(self, body):
        return f'<div class="equation">{mathml(body, "block")}</div>\n'

    def inline_math(self, body):
        return mathml(body, "inline")

    multiline_math = block_math


class Exporter(HTMLExporter):
    @jinja2.pass_context
    def markdown2html(self, context, source):
        path = context.get("resources", {}).get("metadata", {}).get("path", "")
        renderer = Renderer(
            escape=False, embed_images=True, path=path, anchor_link_text="", exclude_anchor_links=True
        )
        return MarkdownWithMath(renderer=renderer).render(source)


def write(path, text):
    """Writes a page. Its links to notebooks lead to their pages."""
    text = re.sub(r'href="([^":/#]+)\.ipynb((?:#[^"]*)?)"', r'href="\1.html\2"', text)
    path.write_text(text, encoding="utf-8")


def title_of(notebook, path):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            heading = re.search(r"^#\s+(.+)$", cell.source, re.MULTILINE)
            if heading:
                return re.sub(r"[`*$]", "", heading.group(1)).strip()
    return path.stem


def lead_of(notebook):
    """The first paragraph of words, without the headings before it."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"^#.*$", "", cell.source, flags=re.MULTILINE)
            for paragraph in re.split(r"\n\s*\n", text):
                if paragraph.strip() and not paragraph.lstrip().startswith(("!", "|", "$$", "-", ">")):
                    return paragraph.strip()
    return ""


def main():
    job, source, out, *paths = sys.argv[1:]
    job = json.loads(Path(job).read_text(encoding="utf-8"))
    out = Path(out)
    exporter = Exporter(template_name="basic")
    page = jinja2.Environment(autoescape=False, trim_blocks=True).from_string(job["page"])
    notebooks = [(Path(path), nbformat.read(path, as_version=4)) for path in paths]
    pages = [
        {"file": f"{path.stem}.html", "title": html.escape(title_of(notebook, path)), "path": path, "notebook": notebook}
        for path, notebook in notebooks
    ]
    context = {"resources": {"metadata": {"path": source}}}
    shared = {"heading": html.escape(job["heading"]), "footer": html.escape(job["footer"]), "pages": pages}
    for at, this in enumerate(pages):
        resources = {"metadata": {"path": source, "name": this["path"].stem}}
        body, _ = exporter.from_notebook_node(this["notebook"], resources)
        before = pages[at - 1] if at > 0 else None
        after = pages[at + 1] if at + 1 < len(pages) else None
        text = page.render(**shared, this=this, body=body, before=before, after=after)
        write(out / this["file"], text)
    for this in pages:
        this["lead"] = Exporter.markdown2html(exporter, context, lead_of(this["notebook"]))
    first = pages[0] if pages else None
    text = page.render(**shared, this=None, body="", before=None, after=first)
    write(out / "index.html", text)
    light = HtmlFormatter(style="default").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    style = f"{job['style']}\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
    (out / "style.css").write_text(style, encoding="utf-8")


main()
