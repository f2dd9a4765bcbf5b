//! Plots, drawn with the crate plotters.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea as _};
use plotters::prelude::SVGBackend;

use super::Deck;
use crate::error::{Error, Result};

impl Deck {
    /// A plot of this width and height in pixels, which the closure draws with
    /// [plotters](https://docs.rs/plotters): the crate is `flytekit::deck::plotters`.
    ///
    /// # Errors
    ///
    /// The errors of the closure and of plotters.
    ///
    /// ```
    /// use flytekit::deck::Deck;
    /// use flytekit::deck::plotters::prelude::*;
    ///
    /// let losses = [0.9, 0.5, 0.3, 0.25];
    /// Deck::new("training").plot((480, 240), |area| {
    ///     area.fill(&WHITE)?;
    ///     let mut chart = ChartBuilder::on(area)
    ///         .margin(10)
    ///         .set_left_and_bottom_label_area_size(30)
    ///         .build_cartesian_2d(0..3_usize, 0.0..1.0)?;
    ///     chart.configure_mesh().draw()?;
    ///     chart.draw_series(LineSeries::new(losses.into_iter().enumerate(), &BLUE))?;
    ///     Ok(())
    /// })?;
    /// # Ok::<(), flytekit::Error>(())
    /// ```
    pub fn plot(
        &self,
        size: (u32, u32),
        draw: impl FnOnce(&DrawingArea<SVGBackend<'_>, Shift>) -> Result<()>,
    ) -> Result<&Self> {
        let mut svg = String::new();
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        let drawn = draw(&area).and_then(|()| area.present().map_err(Error::from));
        drop(area);
        drawn.map_err(|error| {
            let message = format!("the plot in the deck `{}`: {error}", self.0.name);
            error.said_as(message)
        })?;
        Ok(self.svg(&svg))
    }
}
