//! The layout of nodes and lines: in layers from top to bottom, each node below all nodes that it waits for.

use super::{Graph, Node};

/// Distances, and the size of letters.
pub(super) const LETTER: f64 = 7.2;
pub(super) const LINE: f64 = 16.0;
const PADDING: f64 = 12.0;
const BETWEEN: f64 = 22.0;
const LAYERS: f64 = 38.0;
/// The width of a line that passes through a layer.
const PASSING: f64 = 10.0;
/// The width that a layer of unconnected nodes fills, before the next layer begins.
const WIDEST: f64 = 1200.0;
/// How often layers are sorted, and nodes moved towards their neighbours.
const SWEEPS: usize = 12;

/// A graph with positions.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub(super) boxes: Vec<Placed>,
    /// The points that each line goes through.
    pub(super) lines: Vec<Vec<(f64, f64)>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A node with the position of its upper left corner in the graph's box.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    /// The graph in the node, below its text.
    pub(super) inside: Option<Layout>,
}

/// The width of a text in letters.
pub(super) fn letters(text: &str) -> f64 {
    let columns: u32 = text.chars().map(columns).sum();
    f64::from(columns) * LETTER
}

/// Characters of East Asian scripts, and emoji, are twice as wide as others.
fn columns(character: char) -> u32 {
    let is_wide = matches!(
        u32::from(character),
        0x1100..=0x115f
            | 0x2e80..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6
            | 0x1f000..=0x1faff
            | 0x20000..=0x3fffd
    );
    if is_wide { 2 } else { 1 }
}

/// The lines of text in a node.
pub(super) fn texts(node: &Node) -> Vec<String> {
    let what = [&*node.id, &node.what()].join(" ");
    let when = node.when.iter().cloned();
    when.chain([node.name.clone(), what.trim().to_owned()])
        .collect()
}

/// The layer of each node.
fn layers_of(graph: &Graph, sized: &[Placed]) -> Vec<usize> {
    let mut layer_of = vec![0; graph.nodes.len()];
    let mut is_alone = vec![true; graph.nodes.len()];
    // Nodes come after the nodes that they wait for. In a damaged file they may not, and such edges are drawn
    // upwards.
    for &(from, to) in &graph.edges {
        (is_alone[from], is_alone[to]) = (false, false);
        if from < to {
            layer_of[to] = layer_of[to].max(layer_of[from] + 1);
        }
    }
    let (mut layer, mut filled) = (0, Vec::new());
    for (node, place) in sized
        .iter()
        .enumerate()
        .filter(|(node, _)| !is_alone[*node])
    {
        fill(&mut filled, layer_of[node], place.width);
    }
    for (node, place) in sized.iter().enumerate().filter(|(node, _)| is_alone[*node]) {
        let is_full = |width: f64| width > 0.0 && width + place.width > WIDEST;
        while is_full(fill(&mut filled, layer, 0.0)) {
            layer += 1;
        }
        fill(&mut filled, layer, place.width);
        layer_of[node] = layer;
    }
    layer_of
}

/// Adds a node of this width to a layer, and returns the width of the layer.
fn fill(filled: &mut Vec<f64>, layer: usize, width: f64) -> f64 {
    if filled.len() <= layer {
        filled.resize(layer + 1, 0.0);
    }
    if width > 0.0 {
        filled[layer] += width + BETWEEN;
    }
    filled[layer]
}

/// Computes the layout of a graph.
pub(super) fn layout(graph: &Graph) -> Layout {
    let sized: Vec<_> = graph.nodes.iter().map(size).collect();
    let mut layers = Layers::of(graph, &sized);
    for sweep in 0..SWEEPS {
        layers.sort(sweep % 2 == 0);
    }
    layers.place();
    layers.finish(graph, sized)
}

fn size(node: &Node) -> Placed {
    let texts = texts(node);
    let widths = texts.iter().map(|text| letters(text));
    let mut width = widths.fold(0.0, f64::max);
    let lines = f64::from(u32::try_from(texts.len()).unwrap_or(3));
    let mut height = lines * LINE;
    let inside = node.drawn().map(layout);
    if let Some(inside) = &inside {
        width = width.max(inside.width);
        height += inside.height + PADDING;
    }
    Placed {
        x: 0.0,
        y: 0.0,
        width: width + 2.0 * PADDING,
        height: height + PADDING,
        inside,
    }
}

/// An item of a layer: a node, or a line on its way to another layer.
struct Item {
    node: Option<usize>,
    width: f64,
    x: f64,
    above: Vec<usize>,
    below: Vec<usize>,
}

struct Layers {
    items: Vec<Item>,
    rows: Vec<Vec<usize>>,
    /// The items that each line goes through.
    lines: Vec<Vec<usize>>,
}

impl Layers {
    fn of(graph: &Graph, sized: &[Placed]) -> Self {
        let layer_of = layers_of(graph, sized);
        let mut layers = Layers {
            items: Vec::new(),
            rows: vec![Vec::new(); layer_of.iter().max().map_or(0, |last| last + 1)],
            lines: Vec::new(),
        };
        for (node, &layer) in layer_of.iter().enumerate() {
            layers.add(layer, Some(node), sized[node].width);
        }
        for &(from, to) in &graph.edges {
            layers.connect(from, to, layer_of[from], layer_of[to]);
        }
        layers
    }

    fn add(&mut self, layer: usize, node: Option<usize>, width: f64) -> usize {
        self.items.push(Item {
            node,
            width,
            x: 0.0,
            above: Vec::new(),
            below: Vec::new(),
        });
        self.rows[layer].push(self.items.len() - 1);
        self.items.len() - 1
    }

    /// Adds a line, with an item in each layer that it passes through.
    fn connect(&mut self, from: usize, to: usize, first: usize, last: usize) {
        let mut line = vec![from];
        for layer in first + 1..last {
            line.push(self.add(layer, None, PASSING));
        }
        line.push(to);
        for pair in line.windows(2) {
            self.items[pair[0]].below.push(pair[1]);
            self.items[pair[1]].above.push(pair[0]);
        }
        self.lines.push(line);
    }

    /// Sorts each layer by the positions of the neighbours in the previous one.
    fn sort(&mut self, downwards: bool) {
        let mut order: Vec<_> = (0..self.rows.len()).collect();
        if !downwards {
            order.reverse();
        }
        let mut places = vec![0.0; self.items.len()];
        for layer in &self.rows {
            number(layer, &mut places);
        }
        for layer in order {
            let items = &self.items;
            let weight = |item: usize| {
                let neighbours = if downwards {
                    &items[item].above
                } else {
                    &items[item].below
                };
                mean(neighbours.iter().map(|other| places[*other])).unwrap_or(places[item])
            };
            let mut weighed: Vec<_> = self.rows[layer]
                .iter()
                .map(|&item| (weight(item), item))
                .collect();
            weighed.sort_by(|left, right| left.0.total_cmp(&right.0));
            self.rows[layer] = weighed.into_iter().map(|(_, item)| item).collect();
            number(&self.rows[layer], &mut places);
        }
    }

    /// Assigns positions to the items of each layer, as near to their neighbours as there is room.
    fn place(&mut self) {
        for layer in &self.rows {
            let mut x = 0.0;
            for &item in layer {
                self.items[item].x = x + self.items[item].width / 2.0;
                x += self.items[item].width + BETWEEN;
            }
        }
        for sweep in 0..SWEEPS {
            for layer in &self.rows {
                let wanted: Vec<_> = layer.iter().map(|&item| self.wanted(item, sweep)).collect();
                let xs = apart(layer, &wanted, &self.items);
                for (&item, x) in layer.iter().zip(xs) {
                    self.items[item].x = x;
                }
            }
        }
    }

    fn wanted(&self, item: usize, sweep: usize) -> f64 {
        let Item {
            above, below, x, ..
        } = &self.items[item];
        let near = match sweep % 3 {
            0 => above.iter().chain(&[]),
            1 => below.iter().chain(&[]),
            _ => above.iter().chain(below),
        };
        mean(near.map(|other| self.items[*other].x)).unwrap_or(*x)
    }

    fn finish(self, graph: &Graph, mut sized: Vec<Placed>) -> Layout {
        let left = self.items.iter().map(|item| item.x - item.width / 2.0);
        let left = left.fold(f64::INFINITY, f64::min);
        let right = self.items.iter().map(|item| item.x + item.width / 2.0);
        let right = right.fold(left, f64::max);
        // The middle, the top, and the bottom of the layer, of each item.
        let (mut y, mut middles) = (0.0, vec![(0.0, 0.0, 0.0); self.items.len()]);
        for layer in &self.rows {
            let heights = layer.iter().filter_map(|&item| self.items[item].node);
            let height = heights.map(|node| sized[node].height).fold(0.0, f64::max);
            for &item in layer {
                let Item { node, x, .. } = self.items[item];
                let x = x - left;
                middles[item] = (x, y, y + height.max(LINE));
                if let Some(node) = node {
                    sized[node].x = x - sized[node].width / 2.0;
                    sized[node].y = y;
                }
            }
            y += height + LAYERS;
        }
        let lines = self.lines.iter().map(|line| {
            let last = line.len() - 1;
            let mut points = Vec::new();
            for (place, &item) in line.iter().enumerate() {
                // A line is straight beside the boxes of a layer, so that it crosses none of them.
                let (x, top, bottom) = middles[item];
                match self.items[item].node {
                    Some(node) if place < last => {
                        points.extend([(x, top + sized[node].height), (x, bottom)]);
                    }
                    Some(_) => points.push((x, top)),
                    None => points.extend([(x, top), (x, bottom)]),
                }
            }
            points.dedup();
            points
        });
        Layout {
            lines: lines.collect(),
            boxes: sized,
            width: if graph.nodes.is_empty() {
                0.0
            } else {
                right - left
            },
            height: if graph.nodes.is_empty() {
                0.0
            } else {
                y - LAYERS
            },
        }
    }
}

fn number(layer: &[usize], places: &mut [f64]) {
    for (place, &item) in (0_u32..).zip(layer) {
        places[item] = f64::from(place);
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value;
        count += 1.0;
    }
    (count > 0.0).then(|| sum / count)
}

/// Positions near the wanted ones, with room between them. An item that is too near to its left neighbour is
/// moved, with all items that it pushes, to the middle of their wanted positions.
fn apart(layer: &[usize], wanted: &[f64], items: &[Item]) -> Vec<f64> {
    // Runs of touching items: the position of the first one, the number of items, and their offsets.
    let mut runs: Vec<(f64, f64, Vec<f64>)> = Vec::new();
    for (place, &item) in layer.iter().enumerate() {
        let mut run = (wanted[place], 1.0, vec![0.0]);
        let half = items[item].width / 2.0;
        let mut gap_before = place
            .checked_sub(1)
            .map(|before| items[layer[before]].width / 2.0 + BETWEEN + half);
        while let Some(gap) = gap_before
            && let Some((x, count, offsets)) = runs.last()
            && x + offsets.last().unwrap_or(&0.0) + gap > run.0
        {
            let shift = offsets.last().unwrap_or(&0.0) + gap;
            let (x, count) = (*x, *count);
            let mut offsets = offsets.clone();
            let merged = (x * count + (run.0 - shift) * run.1) / (count + run.1);
            offsets.extend(run.2.iter().map(|offset| offset + shift));
            run = (merged, count + run.1, offsets);
            runs.pop();
            gap_before = (offsets_len(&runs) > 0).then(|| {
                let first = offsets_len(&runs);
                items[layer[first - 1]].width / 2.0 + BETWEEN + items[layer[first]].width / 2.0
            });
        }
        runs.push(run);
    }
    let places = runs.into_iter();
    places
        .flat_map(|(x, _, offsets)| offsets.into_iter().map(move |offset| x + offset))
        .collect()
}

fn offsets_len(runs: &[(f64, f64, Vec<f64>)]) -> usize {
    runs.iter().map(|(_, _, offsets)| offsets.len()).sum()
}
