//! SVG as PNG, with the one font that the library carries, so that no font of the machine changes it: the one file that knows which crate does it.

use std::sync::Arc;

use resvg::tiny_skia::{IntSize, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use crate::error::{Code, Error, Result, try_vec};

/// DejaVu Sans: Latin, Greek, Cyrillic, Hebrew, Arabic and others; LICENSE-PNG has its licence.
static FONT: &[u8] = include_bytes!("fonts/DejaVuSans.ttf");
const FAMILY: &str = "DejaVu Sans";
/// The resolution at which a pixel of the SVG is one of the PNG.
const PLAIN: f64 = 96.0;
/// Pixels at most: four bytes each, twice.
const MOST: f64 = 32e6;

/// A picture of a width and a height, at a resolution.
pub fn png(svg: &str, (width, height): (f64, f64), dpi: f64) -> Result<Vec<u8>> {
    let ratio = dpi / PLAIN;
    let (across, down) = ((width * ratio).round().max(1.0), (height * ratio).round().max(1.0));
    if across * down > MOST {
        let message =
            format!("dpi is {dpi}: the picture would have {across} x {down} pixels, at most {} million are drawn", MOST / 1e6);
        return Err(Error::argument(message));
    }
    let defect = |what: &str| Error::new(Code::Internal, format!("the picture can't be made a PNG: {what}"));
    let tree = Tree::from_str(svg, &options()).map_err(|error| defect(&error.to_string()))?;
    let size = IntSize::from_wh(across as u32, down as u32).ok_or_else(|| defect("its size"))?;
    let pixels = try_vec("a picture", 0_u8, 4 * (across * down) as usize)?;
    let mut map = Pixmap::from_vec(pixels, size).ok_or_else(|| defect("its size"))?;
    // Whole pixels to its edges, even where the sides are none.
    let (wide, high) = (f64::from(tree.size().width()), f64::from(tree.size().height()));
    let transform = Transform::from_scale((across / wide) as f32, (down / high) as f32);
    resvg::render(&tree, transform, &mut map.as_mut());
    map.encode_png().map_err(|error| defect(&error.to_string()))
}

/// Every family is the one that is there.
fn options() -> Options<'static> {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_source(fontdb::Source::Binary(Arc::new(FONT)));
    fonts.set_sans_serif_family(FAMILY);
    fonts.set_serif_family(FAMILY);
    Options { font_family: FAMILY.into(), fontdb: Arc::new(fonts), ..Options::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use resvg::tiny_skia::PremultipliedColorU8;

    fn picture(inner: &str) -> String {
        let fonts = "Helvetica, Arial, sans-serif";
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" width="100" height="50" font-family="{fonts}"><rect width="100%" height="100%" fill="#fff"/>{inner}</svg>"##
        )
    }

    fn drawn(svg: &str, dpi: f64) -> Pixmap {
        Pixmap::decode_png(&png(svg, (100.0, 50.0), dpi).unwrap()).unwrap()
    }

    /// Pixels that are not white.
    fn inked(map: &Pixmap) -> usize {
        map.pixels().iter().filter(|p| **p != PremultipliedColorU8::from_rgba(255, 255, 255, 255).unwrap()).count()
    }

    #[test]
    fn pixels_are_those_of_the_shapes() {
        for (dpi, ratio) in [(96.0, 1), (192.0, 2), (48.0, 0)] {
            let map = drawn(&picture(r##"<rect x="20" y="10" width="40" height="20" fill="#f00"/>"##), dpi);
            let want = if ratio == 0 { (50, 25, 20 * 10) } else { (100 * ratio, 50 * ratio, 40 * 20 * (ratio * ratio) as usize) };
            assert_eq!((map.width(), map.height(), inked(&map)), want, "{dpi}");
        }
    }

    #[test]
    fn text_is_drawn_in_every_script_and_weight() {
        let text = |text: &str, more: &str| {
            inked(&drawn(&picture(&format!(r#"<text x="5" y="30" font-size="15"{more}>{text}</text>"#)), 192.0))
        };
        assert_eq!(text("", ""), 0);
        let (plain, bold) = (text("Days", ""), text("Days", r#" font-weight="bold""#));
        assert!(plain > 200, "{plain}");
        assert_eq!(plain, bold);
        for own in ["שלום", "سلام", "a &lt;b&gt; c", "ζ × θ…", "Дни", "\u{202e}abc"] {
            assert!(text(own, "") > 150, "{own}");
        }
        // What the font has not is a box.
        assert!(text("日", "") > 20);
    }

    #[test]
    fn too_many_pixels_are_refused() {
        let error = png(&picture(""), (4000.0, 4000.0), 192.0).unwrap_err();
        assert_eq!(error.message, "dpi is 192: the picture would have 8000 x 8000 pixels, at most 32 million are drawn");
    }
}
