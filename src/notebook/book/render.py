"""Renders executed notebooks as pages of one site.

Arguments are the path of a JSON object, the folder that relative places are looked for from, the folder to write to, and
the notebooks in order. The object has "page", "style" and "script" (the texts of the page's template, of its style sheet and
of its program), "heading" and "footer". Paths are arguments because JSON cannot hold those that are not Unicode. Equations
become MathML, which browsers draw themselves, and figures become files beside the pages: nothing is loaded from elsewhere.
"""

import base64
import html
import json
import re
import struct
import sys
from pathlib import Path

import jinja2
import nbformat
from latex2mathml.converter import convert
from markupsafe import escape
from nbconvert.filters.ansi import ansi2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

HEADING = re.compile(r'<h([1-6]) id="([^"]*)">(.*?)</h\1>', re.DOTALL)


def mathml(latex, display):
    # The two environments mean the same here, and the converter knows one of them.
    known = latex.strip().replace("{aligned}", "{split}")
    result = convert(known, display=display)
    if "\\" in result:
        sys.exit(f"an equation has a command that cannot be shown as MathML: {latex.strip()}")
    return result


class Renderer(IPythonRenderer):
    """The Markdown of one page to HTML, with equations as MathML and a place to link to for each heading."""

    def __init__(self, path):
        super().__init__(escape=False, embed_images=True, path=path)
        self.places = set()

    def heading(self, text, level, **attributes):
        # As JupyterLab names them, so that a link works there too.
        place = base = re.sub(r"\s+", "-", plain(text)) or "section"
        number = 1
        while place in self.places:
            number += 1
            place = f"{base}-{number}"
        self.places.add(place)
        return f'<h{level} id="{escape(place)}">{text}</h{level}>\n'

    def block_math(self, body):
        return f'<div class="equation">{mathml(body, "block")}</div>\n'

    def inline_math(self, body):
        return mathml(body, "inline")

    multiline_math = block_math


def framed(text):
    """Tables in boxes that scroll. A cell that heads nothing is no heading. Links to notebooks lead to their pages."""
    text = re.sub(r"(<table.*?</table>)", r'<div class="wide">\1</div>', text, flags=re.DOTALL)
    text = re.sub(r"<th[^>]*>\s*</th>", "<td></td>", text)
    return re.sub(r'href="([^":/#]+)\.ipynb((?:#[^"]*)?)"', r'href="\1.html\2"', text)


def figure(data, path):
    """Writes a picture and returns what its page says of it: its text is a caption, an empty line, a description."""
    png = base64.b64decode(data["image/png"])
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(png)
    caption, _, description = data.get("text/plain", "").strip().partition("\n\n")
    width, height = struct.unpack(">II", png[16:24]) if len(png) >= 24 else (0, 0)
    return {
        "kind": "figure",
        "file": f"{path.parent.name}/{path.name}",
        "caption": caption,
        "description": " ".join((description or caption or "Figure without a description").split()),
        "width": width,
        "height": height,
    }


def outputs_of(cell, images):
    """What a cell has put out, but not what it said of its progress, which goes to standard error."""
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            yield figure(data, images())
        elif "text/html" in data:
            yield {"kind": "html", "html": framed(data["text/html"])}
        elif "text/plain" in data:
            yield {"kind": "text", "html": ansi2html(data["text/plain"])}
        elif output.output_type == "error":
            yield {"kind": "error", "html": ansi2html("\n".join(output.traceback))}
        elif output.output_type == "stream" and output.name == "stdout":
            yield {"kind": "text", "html": ansi2html(output.text)}


def cells_of(notebook, stem, source, out):
    numbers = iter(range(1, sys.maxsize))
    images = lambda: out / "images" / f"{stem}-{next(numbers)}.png"
    markdown = MarkdownWithMath(renderer=Renderer(source))
    lexer = get_lexer_by_name(notebook.metadata.get("language_info", {}).get("name", "text"))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield {"words": framed(markdown.render(cell.source))}
        elif cell.cell_type == "code":
            yield {
                "code": highlight(cell.source, lexer, HtmlFormatter()),
                "lines": len(cell.source.splitlines()),
                "live": cell.source.startswith("// Live:"),
                "outputs": list(outputs_of(cell, images)),
            }


def plain(text):
    """The words of HTML. Of an equation its signs in a line: `h_t`."""
    index = lambda pair: "_".join(re.findall(r">([^<>]+)<", pair[1]))
    math = lambda equation: re.sub(r"<[^>]+>", "", re.sub(r"<msub>(.*?)</msub>", index, equation[0]))
    text = re.sub(r"<math.*?</math>", math, text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


def title_of(cells, stem):
    for cell in cells:
        for level, _, text in HEADING.findall(cell.get("words", "")):
            if level == "1":
                return plain(text)
    return stem


def lead_of(cells):
    """The first paragraph."""
    found = (re.search(r"<p>.*?</p>", cell.get("words", ""), re.DOTALL) for cell in cells)
    return next((paragraph[0] for paragraph in found if paragraph), "")


def cover_of(cells):
    """What the first page says before its third section, without its title: the finding and its figure."""
    sections = 0
    for cell in cells:
        parts = re.split(r"(?=<h2)", re.sub(r"<h1.*?</h1>", "", cell.get("words", ""), flags=re.DOTALL))
        room = 2 - sections
        sections += len(parts) - 1
        yield {**cell, "words": "".join(parts[: room + 1])}
        if sections > 2:
            return


def index_of(page):
    """The words of a page by section, for the search: place, heading, text."""
    sections = [["", page["title"], ""]]
    for cell in page["cells"]:
        captions = " ".join(output.get("caption", "") for output in cell.get("outputs", []))
        before, *rest = re.split(r"(?=<h[1-6] id=)", cell.get("words", captions))
        sections[-1][2] += " " + plain(before)
        for part in rest:
            level, place, heading = HEADING.match(part).groups()
            if level != "1":
                sections.append([html.unescape(place), plain(heading), ""])
            sections[-1][2] += " " + plain(part[part.index(f"</h{level}>") :])
    return [[page["file"], page["title"], place, heading, text.strip()] for place, heading, text in sections]


def main():
    job, source, out, *paths = sys.argv[1:]
    job = json.loads(Path(job).read_text(encoding="utf-8"))
    out = Path(out)
    template = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(job["page"])
    pages = []
    for path in map(Path, paths):
        notebook = nbformat.read(path, as_version=4)
        cells = list(cells_of(notebook, path.stem, source, out))
        outline = [
            (html.unescape(place), plain(text)) for cell in cells for level, place, text in HEADING.findall(cell.get("words", "")) if level == "2"
        ]
        pages.append({"file": f"{path.stem}.html", "title": title_of(cells, path.stem), "cells": cells, "outline": outline})
        pages[-1]["lead"] = lead_of(cells)
    shared = {"heading": job["heading"], "footer": job["footer"], "pages": pages}
    for at, this in enumerate(pages):
        around = {"before": pages[at - 1] if at else None, "after": pages[at + 1] if at + 1 < len(pages) else None}
        (out / this["file"]).write_text(template.render(**shared, this=this, **around), encoding="utf-8")
    cover = list(cover_of(pages[0]["cells"])) if pages else []
    (out / "index.html").write_text(template.render(**shared, cover=cover, after=pages[0] if pages else None), encoding="utf-8")
    index = [section for page in pages for section in index_of(page)]
    (out / "book.js").write_text(f"const INDEX = {json.dumps(index)};\n{job['script']}", encoding="utf-8")
    light, dark = HtmlFormatter(style="default"), HtmlFormatter(style="github-dark")
    chosen = dark.get_style_defs(":root[data-theme=dark] .highlight")
    preferred = dark.get_style_defs(":root:not([data-theme=light]) .highlight")
    style = f"{light.get_style_defs('.highlight')}\n{chosen}\n@media (prefers-color-scheme: dark) {{\n{preferred}\n}}\n{job['style']}"
    (out / "style.css").write_text(style, encoding="utf-8")


main()
