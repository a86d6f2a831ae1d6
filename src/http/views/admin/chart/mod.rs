//! Bar charts over time, as the content of an SVG that the stylesheet colors.
//!
//! plotters lays the chart out and [`canvas`] writes the SVG. The SVG backend of plotters has fixed
//! colors, which would not adapt to dark mode.

mod canvas;

use plotters::chart::ChartBuilder;
use plotters::drawing::{DrawingAreaErrorKind, IntoDrawingArea as _};
use plotters::element::Rectangle;
use plotters::style::{Color as _, IntoFont as _, RGBColor, ShapeStyle, TextStyle};

use canvas::{Canvas, Nothing};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 180;
/// Font size of the labels on both axes.
const LABELS: u32 = 14;
/// Approximate number of labels on each axis.
const Y_LABELS: usize = 4;
const X_LABELS: usize = 6;

/// The style of a data series. Series differ in shape, never in color alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bars {
    /// Outlined.
    Whole,
    /// Filled, inside the outline.
    Part,
    /// Filled, for failures.
    Bad,
}

impl Bars {
    pub(super) fn class(self) -> &'static str {
        self.ink().class()
    }

    fn ink(self) -> Ink {
        match self {
            Self::Whole => Ink::Whole,
            Self::Part => Ink::Part,
            Self::Bad => Ink::Bad,
        }
    }
}

/// A drawing style. plotters only knows colors, so each style is encoded as a color and written as
/// a CSS class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ink {
    Grid,
    Axis,
    Words,
    Whole,
    Part,
    Bad,
}

impl Ink {
    const ALL: [Self; 6] = [Self::Grid, Self::Axis, Self::Words, Self::Whole, Self::Part, Self::Bad];

    fn class(self) -> &'static str {
        match self {
            Self::Grid => "chart-grid",
            Self::Axis => "chart-axis",
            Self::Words => "chart-words",
            Self::Whole => "chart-whole",
            Self::Part => "chart-part",
            Self::Bad => "chart-bad",
        }
    }

    fn color(self) -> RGBColor {
        RGBColor(self as u8, 0, 0)
    }

    fn of(rgb: (u8, u8, u8)) -> Self {
        Self::ALL.into_iter().find(|ink| *ink as u8 == rgb.0).unwrap_or(Self::Axis)
    }
}

/// A rendered chart. `svg` is `None` when all values are zero.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) svg: Option<String>,
}

impl Default for Drawn {
    fn default() -> Self {
        Self { width: WIDTH, height: HEIGHT, svg: None }
    }
}

/// Draws data series over each other. `labels` belong to the left edges of the bars; only some of
/// them are shown.
pub(super) fn draw(rows: &[(Bars, Vec<u64>)], labels: &[String]) -> Result<Drawn, DrawingAreaErrorKind<Nothing>> {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let highest = rows.iter().flat_map(|(_, numbers)| numbers).copied().max().map_or(0, number);
    if highest == 0 {
        return Ok(Drawn::default());
    }
    let mut svg = String::new();
    {
        let root = Canvas::new((WIDTH, HEIGHT), &mut svg).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(8)
            .x_label_area_size(24)
            .y_label_area_size(36)
            .build_cartesian_2d(0..number(labels.len() as u64), 0..round_up(highest))?;
        let words = Ink::Words.color();
        let words = TextStyle::from(("sans-serif", LABELS).into_font()).color(&words);
        let label =
            |place: &i64| usize::try_from(*place).ok().and_then(|place| labels.get(place)).cloned().unwrap_or_default();
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(Ink::Grid.color())
            .light_line_style(Ink::Grid.color())
            .max_light_lines(1)
            .axis_style(Ink::Axis.color())
            .label_style(words)
            .x_labels(X_LABELS)
            .x_label_formatter(&label)
            .y_labels(Y_LABELS)
            .y_label_formatter(&|number| short(*number))
            .draw()?;
        for (look, numbers) in rows {
            let (style, margin) = look_of(*look);
            let bars = (0..).zip(numbers).filter(|(_, times)| **times > 0).map(|(place, times)| {
                let mut bar = Rectangle::new([(place, 0), (place + 1, number(*times))], style);
                bar.set_margin(0, 0, margin, margin);
                bar
            });
            chart.draw_series(bars)?;
        }
        root.present()?;
    }
    Ok(Drawn { svg: Some(svg), ..Drawn::default() })
}

/// Returns the style of the bars and their margin to the neighboring bars.
fn look_of(bars: Bars) -> (ShapeStyle, u32) {
    let color = bars.ink().color();
    match bars {
        Bars::Whole => (color.stroke_width(1), 1),
        Bars::Part => (color.filled(), 3),
        Bars::Bad => (color.filled(), 1),
    }
}

/// Rounds up to 1, 2, 4, 5, 10, 20, 40, 50, 100 and so on, for the end of the axis.
fn round_up(highest: i64) -> i64 {
    let mut unit: i64 = 1;
    loop {
        for step in [1, 2, 4, 5] {
            let end = unit.saturating_mul(step);
            if end >= highest {
                return end;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// Formats a number in few characters: `950`, `12k`, `3M`.
fn short(number: i64) -> String {
    match number {
        0..10_000 => number.to_string(),
        10_000..10_000_000 => format!("{}k", number / 1_000),
        _ => format!("{}M", number / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::{Bars, Ink, draw, round_up, short};

    fn hours() -> Vec<String> {
        (0..24).map(|hour| format!("{hour:02}:00")).collect()
    }

    #[test]
    fn each_value_gets_a_bar_unless_it_is_zero() {
        let mut numbers = vec![0; 24];
        numbers[3] = 7;
        numbers[23] = 2;
        let svg = draw(&[(Bars::Bad, numbers)], &hours()).expect("the chart is drawn").svg.expect("an SVG");
        assert_eq!(svg.matches("chart-bad").count(), 2, "{svg}");
        assert!(svg.contains(">05:00<") && svg.contains(">10<"), "{svg}");
        for forbidden in ["style", "fill=", "stroke=", "<script", "NaN"] {
            assert!(!svg.contains(forbidden), "{forbidden}: {svg}");
        }
    }

    #[test]
    fn no_svg_is_drawn_when_all_values_are_zero() {
        assert!(draw(&[(Bars::Whole, vec![0; 24])], &hours()).expect("the chart is drawn").svg.is_none());
    }

    #[test]
    fn each_ink_has_its_own_color() {
        for ink in Ink::ALL {
            let color = ink.color();
            assert_eq!(Ink::of((color.0, color.1, color.2)), ink);
        }
    }

    #[test]
    fn the_axis_ends_at_a_round_number() {
        for (highest, end) in [(1, 1), (3, 4), (6, 10), (11, 20), (45, 50), (51, 100), (i64::MAX, i64::MAX)] {
            assert_eq!(round_up(highest), end);
        }
        assert_eq!((short(9_999), short(12_000), short(20_000_000)), ("9999".into(), "12k".into(), "20M".into()));
    }
}
