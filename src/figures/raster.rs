//! Pixels: the mean of finer dots, and a PNG of them.

use std::collections::BTreeMap;
use std::io::Cursor;

use super::theme;

/// Dots drawn for each pixel of a PNG, along each side. Their mean smooths the edges of thin lines.
pub(super) const OVERSAMPLING: u32 = 2;
/// Between two shades of a colour. 52 shades look like 256 and need a third less of a file where bands lie over bands.
const SHADE: usize = 5;

/// The means of the blocks of [`OVERSAMPLING`]² dots, `width` blocks a row, three colours each, to the nearest [`SHADE`].
pub(super) fn averaged(dots: &[u8], width: usize) -> Vec<u8> {
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
                let mean = sum / (SIDE * SIDE);
                // 255 is a whole number of shades, so white stays white.
                pixels.push(((mean + SHADE / 2) / SHADE * SHADE) as u8);
            }
        }
    }
    pixels
}

/// A PNG in print resolution, with texts in it by their keywords.
pub(super) fn encode(
    pixels: &[u8],
    (width, height): (u32, u32),
    texts: &[(&str, &str)],
) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    let per_metre = (theme::PRINT_PIXELS_PER_INCH / 0.0254).round() as u32;
    let (xppu, yppu, unit) = (per_metre, per_metre, png::Unit::Meter);
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu, yppu, unit }));
    for (keyword, text) in texts {
        encoder.add_itxt_chunk((*keyword).to_owned(), (*text).to_owned())?;
    }
    encoder.write_header()?.write_image_data(pixels)?;
    Ok(bytes)
}

/// The texts of a PNG by their keywords; none of a file that cannot be read.
pub(super) fn texts(png: &[u8]) -> BTreeMap<String, String> {
    let Ok(reader) = png::Decoder::new(Cursor::new(png)).read_info() else { return BTreeMap::new() };
    let texts = reader.info().utf8_text.iter();
    texts.filter_map(|text| Some((text.keyword.clone(), text.get_text().ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_stays_white_and_black_stays_black() {
        assert_eq!(averaged(&[255; 12], 1), [255; 3]);
        assert_eq!(averaged(&[0; 12], 1), [0; 3]);
    }

    #[test]
    fn a_pixel_is_the_mean_of_its_dots_to_the_nearest_shade() {
        // One row of two pixels, from two rows of four dots; only red varies.
        let red = [[0, 4, 10, 10], [8, 4, 10, 30]];
        let dots: Vec<u8> = red.iter().flatten().flat_map(|&red| [red, 7, 9]).collect();
        assert_eq!(averaged(&dots, 2), [5, 5, 10, 15, 5, 10]);
    }
}
