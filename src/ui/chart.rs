//! A chart with its description.

use leptos::prelude::*;

use crate::api::admin::ChartView;

/// For a screen reader the drawing is one image with a name and a description. If
/// there is nothing to draw, the description says so.
#[component]
pub fn Chart(chart: ChartView) -> impl IntoView {
    let ChartView { id, title, words, width, height, drawing, key } = chart;
    let (name, description) = (format!("{id}-title"), format!("{id}-words"));
    let drawing = drawing.map(|drawing| {
        let key: Vec<_> = key.into_iter().map(|(class, words)| view! { <Look class words /> }).collect();
        view! {
            <svg
                class="chart-drawing"
                viewBox=format!("0 0 {width} {height}")
                role="img"
                aria-labelledby=name.clone()
                aria-describedby=description.clone()
                inner_html=drawing
            ></svg>
            <ul class="chart-key" role="list">
                {key}
            </ul>
        }
    });
    view! {
        <figure class="chart">
            <figcaption>
                <h3 id=name>{title}</h3>
                <p id=description class="quiet">
                    {words}
                </p>
            </figcaption>
            {drawing}
        </figure>
    }
}

/// An entry of the legend.
#[component]
fn Look(class: &'static str, words: &'static str) -> impl IntoView {
    view! {
        <li>
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <rect class=class x="2.5" y="2.5" width="11" height="11"></rect>
            </svg>
            {words}
        </li>
    }
}
