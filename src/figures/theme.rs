//! What all figures have in common: font, sizes, colours, title and footer.
//!
//! Sizes are given in points (1/72 inch) and lengths on paper in inches, so that a figure is the same at every
//! resolution.

use std::sync::Once;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::register_font;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::recordings::Participant;

/// Resolution of what is printed: that of a PNG, and the grid of an SVG.
pub(super) const PRINT_PIXELS_PER_INCH: f64 = 300.0;

/// Axis names and legends.
pub(super) const LABEL_PT: f64 = 8.0;
/// Tick labels and notes.
pub(super) const SMALL_PT: f64 = 7.0;
/// From one line of small text to the next.
pub(super) const LEADING_PT: f64 = 9.5;
/// Of a broken line, and of the space behind it.
const DASH_PT: f64 = 3.0;
const TITLE_PT: f64 = 10.5;
const FOOTER_PT: f64 = 6.0;

/// Text and axes.
pub(super) const INK: RGBColor = RGBColor(34, 34, 34);
/// Notes and footers.
pub(super) const MUTED: RGBColor = RGBColor(105, 105, 105);
/// Grid lines and empty cells.
pub(super) const FAINT: RGBColor = RGBColor(228, 228, 228);
/// The networks; nothing else has these colours.
pub(super) const BASELINE: RGBColor = RGBColor(112, 56, 168);
pub(super) const MULTILAYER: RGBColor = RGBColor(200, 95, 30);
pub(super) const CNN: RGBColor = RGBColor(0, 125, 115);
/// Classifiers of features.
pub(super) const FEATURES: RGBColor = RGBColor(58, 120, 44);
const FAMILY: &str = "DejaVu Sans";

/// Colours of labels. The first three are P. Tol's high-contrast scheme, which colour-blind readers can tell apart and which
/// becomes three different greys in print; the others are of his muted scheme (<https://personal.sron.nl/~pault/>).
const LABELS: [RGBColor; 8] = [
    RGBColor(0, 68, 136),
    RGBColor(221, 170, 51),
    RGBColor(187, 85, 102),
    RGBColor(68, 170, 153),
    RGBColor(170, 68, 153),
    RGBColor(17, 119, 51),
    RGBColor(136, 204, 238),
    RGBColor(153, 153, 51),
];

/// How often the colours of labels came before this class: as often a label has another [shape](Canvas::point).
const fn turn(class: usize) -> usize {
    class / LABELS.len()
}

/// The colour of a label, known by its class. From the ninth on, colours come again, in other shapes.
pub(super) const fn colour(class: usize) -> RGBColor {
    LABELS[class % LABELS.len()]
}

/// The names of participants without what all begin with, up to the first digit: `07` for `P07` among others.
pub(super) fn short_names(participants: &[Participant]) -> Vec<String> {
    let shared = |one: &'static str, other: &str| {
        let same = one.chars().zip(other.chars()).take_while(|(one, other)| one == other);
        let length: usize = same
            .map(|(letter, _)| letter)
            .take_while(|letter| !letter.is_ascii_digit())
            .map(char::len_utf8)
            .sum();
        &one[..length]
    };
    let names = || participants.iter().map(|participant| participant.as_str());
    let shared = names().reduce(|prefix, name| shared(prefix, name)).unwrap_or("");
    let cut = if names().any(|name| name.len() == shared.len()) { 0 } else { shared.len() };
    names().map(|name| name[cut..].to_owned()).collect()
}

/// Points above and below what a figure shows: title and footer.
const ABOVE_PT: f64 = 24.0;
const BELOW_PT: f64 = 16.0;

/// The height in inches of a figure that shows something so many points high.
pub(super) fn framed_inches(points: f64) -> f64 {
    (ABOVE_PT + points + BELOW_PT) / 72.0
}

/// What drawing may fail with, whatever it draws on.
pub(super) type Drawn<T> = std::result::Result<T, DrawingFailure>;

/// The drawing library's error, in words.
pub(super) struct DrawingFailure(pub(super) String);

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for DrawingFailure {
    fn from(cause: DrawingAreaErrorKind<E>) -> Self {
        Self(cause.to_string())
    }
}

/// A drawing area that knows its resolution.
pub(super) struct Canvas<DB: DrawingBackend> {
    pub(super) area: DrawingArea<DB, Shift>,
    pixels_per_inch: f64,
}

/// Where a text stands relative to its point.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Left,
    Centre,
    Right,
}

impl<DB: DrawingBackend> Canvas<DB> {
    /// A white canvas.
    pub(super) fn new(area: DrawingArea<DB, Shift>, pixels_per_inch: f64) -> Drawn<Self> {
        static REGISTERED: Once = Once::new();
        REGISTERED.call_once(|| {
            let fonts =
                [(FontStyle::Normal, dejavu::sans::regular()), (FontStyle::Bold, dejavu::sans::bold())];
            for (style, font) in fonts {
                // A font that cannot be read leaves none registered: drawing then fails and says so.
                let _ = register_font(FAMILY, style, font);
            }
        });
        area.fill(&WHITE)?;
        Ok(Self { area, pixels_per_inch })
    }

    /// Pixels of a length in points.
    pub(super) fn pt(&self, points: f64) -> i32 {
        (points / 72.0 * self.pixels_per_inch).round() as i32
    }

    /// Width and height in pixels.
    pub(super) fn size(&self) -> (i32, i32) {
        let (width, height) = self.area.dim_in_pixel();
        (width as i32, height as i32)
    }

    /// The style of a text.
    pub(super) fn text(&self, points: f64, colour: RGBColor) -> TextStyle<'static> {
        let pixels = points / 72.0 * self.pixels_per_inch;
        (FAMILY, pixels).into_font().color(&colour).into_text_style(&self.area)
    }

    /// The style of a heading.
    pub(super) fn bold(&self, points: f64) -> TextStyle<'static> {
        let pixels = points / 72.0 * self.pixels_per_inch;
        (FAMILY, pixels, FontStyle::Bold).into_font().color(&INK).into_text_style(&self.area)
    }

    /// The style of a line.
    pub(super) fn line(&self, points: f64, colour: RGBColor) -> ShapeStyle {
        let width = (points / 72.0 * self.pixels_per_inch).round().max(1.0) as u32;
        ShapeStyle { color: colour.to_rgba(), filled: false, stroke_width: width }
    }

    /// Writes a line of text, vertically centred on a point.
    pub(super) fn write(
        &self,
        text: &str,
        at: (i32, i32),
        anchor: Anchor,
        style: &TextStyle<'_>,
    ) -> Drawn<()> {
        let horizontal = match anchor {
            Anchor::Left => HPos::Left,
            Anchor::Centre => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        // The drawing library centres the space above a letter too; upright text would stand too high.
        let lowered = match style.font.get_transform() {
            FontTransform::None => (style.font.get_size() * 0.13).round() as i32,
            _ => 0,
        };
        let style = style.pos(Pos::new(horizontal, VPos::Center));
        #[cfg(test)]
        self.record(text, at, anchor, &style)?;
        self.area.draw(&Text::new(text, (at.0, at.1 + lowered), style))?;
        Ok(())
    }

    /// As [`Self::write`], cut to a width in pixels; `…` stands for the rest. Nothing is written where no letter fits.
    pub(super) fn write_within(
        &self,
        text: &str,
        at: (i32, i32),
        anchor: Anchor,
        style: &TextStyle<'_>,
        width: i32,
    ) -> Drawn<()> {
        let letters = text.chars().count();
        for kept in (1..=letters).rev() {
            let cut: String = match kept == letters {
                true => text.to_owned(),
                false => text.chars().take(kept).chain(['…']).collect(),
            };
            if self.area.estimate_text_size(&cut, style)?.0 as i32 <= width {
                return self.write(&cut, at, anchor, style);
            }
        }
        Ok(())
    }

    /// The height of a line of text in pixels.
    pub(super) fn line_height(&self, style: &TextStyle<'_>) -> Drawn<i32> {
        Ok(self.area.estimate_text_size("Xg", style)?.1 as i32)
    }

    /// A cell of a label: in its colour, with a light stripe for each turn of the colours.
    pub(super) fn cell(&self, [(left, top), (right, bottom)]: [(i32, i32); 2], class: usize) -> Drawn<()> {
        self.area.draw(&Rectangle::new([(left, top), (right, bottom)], colour(class).filled()))?;
        let stripes = turn(class) as i32;
        for stripe in 1..=stripes {
            let x = left + (right - left) * stripe / (stripes + 1);
            self.path(&[(x, top), (x, bottom)], self.line(0.8, WHITE))?;
        }
        Ok(())
    }

    /// A point of a label: a disc, from the ninth label on a square, then a triangle, a diamond, and the four again with a hole.
    pub(super) fn point(&self, at: (i32, i32), points: f64, class: usize) -> Drawn<()> {
        let (x, y, r) = (at.0, at.1, self.pt(points).max(1));
        let corners: &[(i32, i32)] = match turn(class) % 4 {
            0 => &[],
            1 => &[(-1, -1), (1, -1), (1, 1), (-1, 1)],
            2 => &[(0, -1), (1, 1), (-1, 1)],
            _ => &[(0, -1), (1, 0), (0, 1), (-1, 0)],
        };
        let style = match turn(class) < 4 {
            true => colour(class).filled(),
            false => self.line(0.5, colour(class)),
        };
        if corners.is_empty() {
            self.area.draw(&Circle::new(at, r, style))?;
        } else {
            let corners: Vec<(i32, i32)> = corners.iter().map(|(dx, dy)| (x + dx * r, y + dy * r)).collect();
            // The drawing library fills every polygon, whatever its style.
            if turn(class) < 4 {
                self.area.draw(&Polygon::new(corners, style))?;
            } else {
                let closed: Vec<(i32, i32)> = corners.iter().chain(corners.first()).copied().collect();
                self.path(&closed, style)?;
            }
        }
        Ok(())
    }

    /// As [`Self::write`], on a white ground that keeps lines away from the text.
    pub(super) fn write_clear(
        &self,
        text: &str,
        at: (i32, i32),
        anchor: Anchor,
        style: &TextStyle<'_>,
    ) -> Drawn<()> {
        let (width, height) = self.area.estimate_text_size(text, style)?;
        let (width, half) = (width as i32, height as i32 / 2);
        let left = match anchor {
            Anchor::Left => at.0,
            Anchor::Centre => at.0 - width / 2,
            Anchor::Right => at.0 - width,
        };
        let around = self.pt(1.0);
        let corners = [(left - around, at.1 - half), (left + width + around, at.1 + half)];
        self.area.draw(&Rectangle::new(corners, WHITE.filled()))?;
        self.write(text, at, anchor, style)
    }

    /// Draws lines from point to point.
    ///
    /// One line for each pair of points: the joint of a longer line juts out at a sharp peak.
    pub(super) fn path(&self, points: &[(i32, i32)], style: ShapeStyle) -> Drawn<()> {
        for pair in points.windows(2) {
            self.area.draw(&PathElement::new(pair, style))?;
        }
        Ok(())
    }

    /// Draws a broken line from point to point, its dashes as long around corners.
    pub(super) fn broken_line(&self, points: &[(i32, i32)], style: ShapeStyle) -> Drawn<()> {
        let dash = f64::from(self.pt(DASH_PT));
        let mut walked = 0.0;
        for pair in points.windows(2) {
            let [from, to] = [pair[0], pair[1]].map(|(x, y)| (f64::from(x), f64::from(y)));
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            let at = |done: f64| {
                let part = done / length;
                let along = |from: f64, to: f64| (from + part * (to - from)).round() as i32;
                (along(from.0, to.0), along(from.1, to.1))
            };
            let mut done = 0.0;
            while done < length {
                let phase = (walked + done) % (2.0 * dash);
                let step = (dash - phase % dash).max(1.0).min(length - done);
                if phase < dash {
                    self.path(&[at(done), at(done + step)], style)?;
                }
                done += step;
            }
            walked += length;
        }
        Ok(())
    }

    /// Draws a broken straight line.
    pub(super) fn broken_path(&self, from: (i32, i32), to: (i32, i32), style: ShapeStyle) -> Drawn<()> {
        let (dx, dy) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
        let dashes = (dx.hypot(dy) / f64::from(self.pt(2.0 * DASH_PT))).round().max(1.0);
        let at = |part: f64| {
            (from.0 + (dx * part / dashes).round() as i32, from.1 + (dy * part / dashes).round() as i32)
        };
        for dash in 0..dashes as usize {
            self.path(&[at(dash as f64), at(dash as f64 + 0.5)], style)?;
        }
        Ok(())
    }

    /// Draws the outline of a shape, with a colour inside.
    pub(super) fn shape(&self, points: &[(i32, i32)], inside: RGBColor, outline: ShapeStyle) -> Drawn<()> {
        self.area.draw(&Polygon::new(points, inside.filled()))?;
        let closed: Vec<(i32, i32)> = points.iter().chain(points.first()).copied().collect();
        self.path(&closed, outline)
    }

    /// A part of the canvas: left, top, right and bottom in pixels.
    pub(super) fn part(&self, (left, top, right, bottom): (i32, i32, i32, i32)) -> Self {
        let (width, height) = self.size();
        let area = self.area.clone().margin(top, height - bottom, left, width - right);
        Self { area, pixels_per_inch: self.pixels_per_inch }
    }

    /// Writes the title above and the footer below, each cut to the width, and returns what lies between.
    pub(super) fn framed(&self, title: &str, footer: &str) -> Drawn<Self> {
        let (width, height) = self.size();
        let margin = self.pt(8.0);
        let within = width - 2 * margin;
        self.write_within(title, (margin, self.pt(12.0)), Anchor::Left, &self.bold(TITLE_PT), within)?;
        let (at, small) = ((margin, height - self.pt(8.0)), self.text(FOOTER_PT, MUTED));
        self.write_within(footer, at, Anchor::Left, &small, within)?;
        Ok(self.part((margin, self.pt(ABOVE_PT), width - margin, height - self.pt(BELOW_PT))))
    }
}

/// Moves rising heights apart until neighbours are `gap` apart and none is below `lowest`.
pub(super) fn apart(mut heights: Vec<i32>, gap: i32, lowest: i32) -> Vec<i32> {
    for index in 1..heights.len() {
        heights[index] = heights[index].max(heights[index - 1] + gap);
    }
    let mut bound = lowest;
    for height in heights.iter_mut().rev() {
        *height = (*height).min(bound);
        bound = *height - gap;
    }
    heights
}

/// Where texts were written, for tests that none touches another.
#[cfg(test)]
pub(super) mod written {
    use std::cell::RefCell;

    use super::*;

    thread_local!(static ALL: RefCell<Vec<Written>> = const { RefCell::new(Vec::new()) });

    /// A text and the corners of its letters.
    #[derive(Debug, Clone)]
    pub(in super::super) struct Written {
        pub(in super::super) text: String,
        pub(in super::super) from: (i32, i32),
        pub(in super::super) to: (i32, i32),
    }

    impl Written {
        /// Whether letters of both share a place.
        pub(in super::super) fn touches(&self, other: &Self) -> bool {
            self.from.0 < other.to.0
                && other.from.0 < self.to.0
                && self.from.1 < other.to.1
                && other.from.1 < self.to.1
        }
    }

    /// What this thread has written since it was asked before.
    pub(in super::super) fn take() -> Vec<Written> {
        ALL.take()
    }

    impl<DB: DrawingBackend> Canvas<DB> {
        pub(super) fn record(
            &self,
            text: &str,
            at: (i32, i32),
            anchor: Anchor,
            style: &TextStyle<'_>,
        ) -> Drawn<()> {
            let (length, size) = (self.area.estimate_text_size(text, style)?.0 as i32, style.font.get_size());
            let (origin, half) = (self.area.get_base_pixel(), (size * 0.4) as i32);
            let (x, y) = (origin.0 + at.0, origin.1 + at.1);
            let start = match anchor {
                Anchor::Left => 0,
                Anchor::Centre => -length / 2,
                Anchor::Right => -length,
            };
            let (from, to) = match style.font.get_transform() {
                FontTransform::None => ((x + start, y - half), (x + start + length, y + half)),
                _ => ((x - half, y - length / 2), (x + half, y + length / 2)),
            };
            ALL.with_borrow_mut(|all| all.push(Written { text: text.to_owned(), from, to }));
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::recordings::MOST_LABELS;

    /// What is drawn for a class.
    fn drawn(draw: impl Fn(&Canvas<SVGBackend<'_>>) -> Drawn<()>) -> String {
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, (400, 400)).into_drawing_area();
            let canvas =
                Canvas::new(area, PRINT_PIXELS_PER_INCH).unwrap_or_else(|failure| panic!("{}", failure.0));
            draw(&canvas).unwrap_or_else(|failure| panic!("{}", failure.0));
        }
        svg
    }

    #[test]
    fn no_two_labels_have_the_same_mark() {
        let points = (0..MOST_LABELS).map(|class| drawn(|canvas| canvas.point((200, 200), 8.0, class)));
        assert_eq!(points.collect::<BTreeSet<String>>().len(), MOST_LABELS);
        let cells = (0..MOST_LABELS).map(|class| drawn(|canvas| canvas.cell([(10, 10), (390, 390)], class)));
        assert_eq!(cells.collect::<BTreeSet<String>>().len(), MOST_LABELS);
        // Up to eight, colours alone tell them apart.
        assert_eq!((0..LABELS.len()).map(|class| colour(class).rgb()).collect::<BTreeSet<_>>().len(), 8);
    }
}
