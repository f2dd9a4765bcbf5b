"""Checks that a page is well-formed and loads nothing, and prints its tabs: `deck_page.py deck.html`.

It replaces a browser on machines without one: elements are closed in order, ids are unique, labels lead to inputs,
nothing is loaded from other places, and nothing could run.
"""

import sys
from html.parser import HTMLParser

VOID = {"meta", "input", "img", "br", "hr", "rect"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.labels, self.tabs, self.problems = [], [], [], [], []
        self.policy = None
        self.contents = 0

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag in ("script", "iframe", "object", "embed", "link", "base", "form"):
            self.problems.append(f"<{tag}> at {self.getpos()}")
        for name, value in attributes.items():
            if name.startswith("on"):
                self.problems.append(f"{name} at {self.getpos()}")
            if name in ("src", "data", "action") and not (value or "").startswith("data:"):
                self.problems.append(f"{name}={value} at {self.getpos()}")
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "label":
            self.labels.append(attributes.get("for"))
            self.tabs.append("")
        if attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]
        if tag == "div" and self.open and self.open[-1] == ("div", "flyte-frame-container"):
            self.contents += 1
        if tag not in VOID:
            self.open.append((tag, attributes.get("id")))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            self.problems.append(f"</{tag}> closes {self.open[-1:]} at {self.getpos()}")
        else:
            self.open.pop()

    def handle_data(self, data):
        if any(tag == "label" for tag, _ in self.open):
            self.tabs[-1] += data


page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
page.close()
if page.open:
    page.problems.append(f"not closed: {page.open}")
if len(set(page.ids)) != len(page.ids):
    page.problems.append(f"ids twice: {page.ids}")
if not set(page.labels) <= set(page.ids):
    page.problems.append(f"labels lead nowhere: {page.labels}")
if page.contents != len(page.tabs):
    page.problems.append(f"{page.contents} contents of {len(page.tabs)} tabs")
if not page.policy or "default-src 'none'" not in page.policy or "script-src" in page.policy:
    page.problems.append(f"policy: {page.policy}")
if page.problems:
    sys.exit("\n".join(page.problems))
print("\n".join(page.tabs))
