// The problems of a picture: text that does not fit, or is hard to read, boxes on each other, and lines across
// boxes.
(() => {
  const problems = new Set();
  const channels = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map((it) => it / 255);
  const linear = (it) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4);
  const luminance = (colour) => {
    const [red, green, blue] = channels(colour).map(linear);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const fill = (element) => getComputedStyle(element).fill;
  const page = fill(document.querySelector(".page"));
  const contains = (outer, inner) =>
    outer.x <= inner.x && outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width && outer.y + outer.height >= inner.y + inner.height;
  const meet = (one, other) =>
    one.x < other.x + other.width && other.x < one.x + one.width &&
    one.y < other.y + other.height && other.y < one.y + one.height;

  const boxes = [...document.querySelectorAll("g")].map((group) => {
    const rect = group.querySelector("rect");
    const is_outer = rect.classList.contains("outer");
    const place = rect.getBBox();
    for (const text of group.querySelectorAll("text")) {
      if (!contains(place, text.getBBox())) problems.add(`does not fit: ${text.textContent}`);
      const ratio = contrast(fill(text), is_outer ? page : fill(rect));
      if (ratio < 4.5) problems.add(`contrast ${ratio.toFixed(2)}: ${text.textContent}`);
    }
    return { place, is_outer, text: group.textContent };
  });
  const title = document.querySelector(".title");
  if (contrast(fill(title), page) < 4.5) problems.add("contrast of the title");
  const picture = document.documentElement.viewBox.baseVal;
  for (const element of document.querySelectorAll("rect.box, text, path.line")) {
    if (!contains(picture, element.getBBox())) problems.add(`outside: ${element.textContent || element.outerHTML}`);
  }
  boxes.forEach((one, index) => {
    for (const other of boxes.slice(index + 1)) {
      const is_inside = one.is_outer && contains(one.place, other.place);
      if (meet(one.place, other.place) && !is_inside) problems.add(`overlap: ${one.text} / ${other.text}`);
    }
  });
  for (const line of document.querySelectorAll("path.line")) {
    const ratio = contrast(getComputedStyle(line).stroke, page);
    if (ratio < 3) problems.add(`contrast ${ratio.toFixed(2)} of lines`);
    const length = line.getTotalLength();
    for (let at = 2; at < length - 2; at += 4) {
      const { x, y } = line.getPointAtLength(at);
      const crossed = boxes.find(({ place, is_outer }) =>
        !is_outer && x > place.x + 1 && x < place.x + place.width - 1 &&
        y > place.y + 1 && y < place.y + place.height - 1);
      if (crossed) problems.add(`a line crosses ${crossed.text}`);
    }
  }
  return [...problems];
})()
