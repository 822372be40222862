//! The figures: computed once, then drawn as PNG or SVG.
//!
//! All figures share one theme and one font that a crate ships, so that they look the same on a machine
//! without fonts. A footer says which data they show.

mod design;
mod recordings;
mod theme;

use std::path::{Path, PathBuf};

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::error::{Error, Fault, Place, Result};
use crate::files::{create_folder, write_atomically};
use crate::project;
use crate::recordings::{DataSet, Provenance};
use theme::{Canvas, DrawingFailure};

/// Dots drawn for each pixel of a PNG, along each side. Their mean smooths the edges of thin lines.
const OVERSAMPLING: u32 = 2;

/// A figure that knows what it shows and how large it is on paper.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    name: &'static str,
    title: String,
    width_inches: f64,
    height_inches: f64,
    footer: String,
    vector_allowed: bool,
    drawing: Drawing,
}

/// What a figure shows.
#[derive(Debug, Clone, PartialEq)]
enum Drawing {
    Recordings(recordings::Signals),
    Design(design::Design),
}

/// Where the figures of a data set go: `figures` for the published recordings, else `target/figures`.
///
/// Folders that git tracks hold results of the published recordings only, so that a result of synthetic data can never
/// be taken for a real one.
#[must_use]
pub fn folder(provenance: &Provenance) -> PathBuf {
    project::root().join(match provenance {
        Provenance::Published => "figures",
        Provenance::Synthetic(_) | Provenance::Unknown => "target/figures",
    })
}

impl Figure {
    /// The paper's Figure 1: two signals of each genre over time.
    #[must_use]
    pub fn recordings(set: &DataSet) -> Self {
        let title = "Figure 1. Two signals of each genre".to_owned();
        Self::new("figure-1", title, (7.2, 5.6), set, Drawing::Recordings(recordings::Signals::of(set)))
    }

    /// Who heard what, and how long the songs are.
    #[must_use]
    pub fn design(set: &DataSet) -> Self {
        let title = "The design: who heard what, and how long it was".to_owned();
        Self::new("design", title, (7.2, 4.2), set, Drawing::Design(design::Design::of(set)))
    }

    fn new(name: &'static str, title: String, inches: (f64, f64), set: &DataSet, drawing: Drawing) -> Self {
        let provenance = set.provenance();
        let source = provenance.known_as().unwrap_or_else(|| "recordings of unknown origin".to_owned());
        let fingerprint = set.fingerprint().short();
        let footer = format!("{source} · data {fingerprint} · eegenre {}", env!("CARGO_PKG_VERSION"));
        let vector_allowed = matches!(provenance, Provenance::Synthetic(_));
        let (width_inches, height_inches) = inches;
        Self { name, title, width_inches, height_inches, footer, vector_allowed, drawing }
    }

    /// The name of its files, without an extension.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Draws it at 300 pixels an inch, as a PNG that also carries its title and footer as text.
    ///
    /// # Errors
    /// [`Fault::Undrawable`] if the drawing library fails.
    pub fn png(&self) -> Result<Vec<u8>> {
        let (width, height) = self.pixels(theme::PRINT_PIXELS_PER_INCH);
        let fine = (width * OVERSAMPLING, height * OVERSAMPLING);
        let mut pixels = vec![0; 3 * fine.0 as usize * fine.1 as usize];
        {
            let area = BitMapBackend::with_buffer(&mut pixels, fine).into_drawing_area();
            self.draw(&area, theme::PRINT_PIXELS_PER_INCH * f64::from(OVERSAMPLING))?;
        }
        let pixels = averaged(&pixels, width as usize);
        self.encode_png(&pixels, width, height).map_err(|cause| self.undrawable(cause.to_string()))
    }

    /// Draws it as SVG, of the same size on paper and on the same grid of points as the PNG.
    ///
    /// # Errors
    /// [`Fault::TraceableFigure`] unless the data are synthetic: the samples of a recording can be read back from
    /// a vector drawing. [`Fault::Undrawable`] if the drawing library fails.
    pub fn svg(&self) -> Result<String> {
        if !self.vector_allowed {
            let found = "recordings of people, whose samples could be read back from it";
            return Err(Error::new(
                Fault::TraceableFigure,
                Place::field(self.name),
                "synthetic data for SVG",
                found,
            ));
        }
        let mut svg = String::new();
        let (width, height) = self.pixels(theme::PRINT_PIXELS_PER_INCH);
        {
            let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
            self.draw(&area, theme::PRINT_PIXELS_PER_INCH)?;
        }
        // The drawing library knows whole pixels only: what was drawn on fine ones is shown in inches.
        let (pixels, inches) = (
            format!(r#"<svg width="{width}" height="{height}""#),
            format!(r#"<svg width="{}in" height="{}in""#, self.width_inches, self.height_inches),
        );
        Ok(svg.replacen(&pixels, &inches, 1))
    }

    /// Writes the figure as PNG into a folder, and as SVG where that is allowed. Returns what was written.
    ///
    /// # Errors
    /// As [`png`](Self::png); [`Fault::Unwritable`] if a file cannot be written.
    pub fn save(&self, folder: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
        let folder = folder.as_ref();
        create_folder(folder)?;
        let mut written = vec![folder.join(format!("{}.png", self.name))];
        write_atomically(&written[0], &self.png()?)?;
        if self.vector_allowed {
            written.push(folder.join(format!("{}.svg", self.name)));
            write_atomically(&written[1], self.svg()?.as_bytes())?;
        }
        Ok(written)
    }

    fn pixels(&self, pixels_per_inch: f64) -> (u32, u32) {
        let pixels = |inches: f64| (inches * pixels_per_inch).round() as u32;
        (pixels(self.width_inches), pixels(self.height_inches))
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, pixels_per_inch: f64) -> Result<()> {
        let drawn = Canvas::new(area.clone(), pixels_per_inch).and_then(|canvas| {
            let inside = canvas.framed(&self.title, &self.footer)?;
            match &self.drawing {
                Drawing::Recordings(signals) => signals.draw(&inside),
                Drawing::Design(design) => design.draw(&inside),
            }?;
            Ok(area.present()?)
        });
        drawn.map_err(|DrawingFailure(cause)| self.undrawable(cause))
    }

    fn encode_png(&self, pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::High);
        let per_metre = (theme::PRINT_PIXELS_PER_INCH / 0.0254).round() as u32;
        let (xppu, yppu, unit) = (per_metre, per_metre, png::Unit::Meter);
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu, yppu, unit }));
        encoder.add_itxt_chunk("Title".to_owned(), self.title.clone())?;
        encoder.add_itxt_chunk("Source".to_owned(), self.footer.clone())?;
        encoder.write_header()?.write_image_data(pixels)?;
        Ok(bytes)
    }

    fn undrawable(&self, cause: String) -> Error {
        Error::new(Fault::Undrawable, Place::field(self.name), "a drawing", cause)
    }
}

/// The means of the blocks of [`OVERSAMPLING`]² dots, `width` blocks a row, three colours each.
fn averaged(dots: &[u8], width: usize) -> Vec<u8> {
    const SIDE: usize = OVERSAMPLING as usize;
    let rows_of_dots = dots.chunks_exact(SIDE * 3 * width * SIDE);
    let mut pixels = Vec::with_capacity(dots.len() / (SIDE * SIDE));
    for dots in rows_of_dots {
        for block in 0..width {
            for colour in 0..3 {
                let sum: usize = (0..SIDE * SIDE)
                    .map(|dot| {
                        let (row, column) = (dot / SIDE, block * SIDE + dot % SIDE);
                        usize::from(dots[(row * width * SIDE + column) * 3 + colour])
                    })
                    .sum();
                pixels.push((sum / (SIDE * SIDE)) as u8);
            }
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_published_recordings_reach_a_tracked_folder() {
        assert_eq!(folder(&Provenance::Published), project::root().join("figures"));
        for other in [Provenance::Synthetic("null".into()), Provenance::Unknown] {
            assert!(folder(&other).starts_with(project::root().join("target")));
        }
    }

    #[test]
    fn a_pixel_is_the_mean_of_its_dots() {
        // One row of two pixels, from two rows of four dots; only red varies.
        let red = [[0, 4, 10, 10], [8, 4, 10, 30]];
        let dots: Vec<u8> = red.iter().flatten().flat_map(|&red| [red, 7, 9]).collect();
        assert_eq!(averaged(&dots, 2), [4, 7, 9, 15, 7, 9]);
    }
}
