//! A plotters backend that writes SVG with CSS classes instead of colors.

use std::convert::Infallible;
use std::fmt::Write as _;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};

use super::Ink;

/// The error type of the backend: writing to memory cannot fail.
pub(super) type Nothing = Infallible;
type Done = Result<(), DrawingErrorKind<Nothing>>;

/// Width of a digit relative to the font size, in the widest of the fonts that browsers use.
const DIGIT: f64 = 0.6;

/// Collects the elements of an SVG with this size.
pub(super) struct Canvas<'a> {
    size: (u32, u32),
    svg: &'a mut String,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(size: (u32, u32), svg: &'a mut String) -> Self {
        Self { size, svg }
    }

    fn write(&mut self, element: std::fmt::Arguments<'_>) -> Done {
        // Writing to a `String` cannot fail.
        let _ = self.svg.write_fmt(element);
        Ok(())
    }
}

fn class(color: BackendColor) -> &'static str {
    Ink::of(color.rgb).class()
}

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Nothing;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Done {
        self.write(format_args!(r#"<rect class="{}" x="{x}" y="{y}" width="1" height="1"/>"#, class(color)))
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Done {
        // Lines are sharp when they run through the middle of pixels.
        let points: Vec<_> = path.into_iter().map(|(x, y)| format!("{x}.5 {y}.5")).collect();
        self.write(format_args!(r#"<path class="{}" d="M{}"/>"#, class(style.color()), points.join("L")))
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Done {
        let (width, height) = ((right - left).abs().max(1), (bottom - top).abs().max(1));
        let (x, y) = (left.min(right), top.min(bottom));
        let class = class(style.color());
        if fill {
            self.write(format_args!(r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}"/>"#))
        } else {
            self.write(format_args!(r#"<rect class="{class}" x="{x}.5" y="{y}.5" width="{width}" height="{height}"/>"#))
        }
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, (x, y): BackendCoord) -> Done {
        let anchor = style.anchor();
        let at = match anchor.h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let down = match anchor.v_pos {
            VPos::Top => "0.8em",
            VPos::Center => "0.35em",
            VPos::Bottom => "0",
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let (class, size) = (class(style.color()), style.size());
        self.write(format_args!(
            r#"<text class="{class}" x="{x}" y="{y}" dy="{down}" text-anchor="{at}" font-size="{size}">{text}</text>"#
        ))
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Nothing>> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "size of a short label")]
        let size = style.size().clamp(0.0, 100.0).ceil() as u32;
        let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "size of a short label")]
        let width = (f64::from(letters) * f64::from(size) * DIGIT).ceil() as u32;
        Ok((width, size))
    }
}
