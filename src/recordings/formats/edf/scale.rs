//! From integers of a file to physical units.

use super::header::{Signal, decimal};
use crate::error::Fault;
use crate::recordings::workbook::Problems;

/// physical = (digital - digital minimum) · gain + physical minimum, as the format defines it, with
/// gain = (physical maximum - physical minimum) / (digital maximum - digital minimum).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    gain: f64,
    digital_minimum: f64,
    physical_minimum: f64,
}

impl Scale {
    pub(super) fn physical(&self, digital: i32) -> f64 {
        (f64::from(digital) - self.digital_minimum) * self.gain + self.physical_minimum
    }
}

/// The scale of a signal, or nothing if its limits make none, which is reported. The physical minimum may be the larger
/// one: the signal is then inverted.
pub(super) fn of(signal: &Signal, problems: &mut Problems) -> Option<Scale> {
    let names = ["physical minimum", "physical maximum", "digital minimum", "digital maximum"];
    let mut numbers = [0.0; 4];
    let mut sound = true;
    for ((number, text), name) in numbers.iter_mut().zip(&signal.limits).zip(names) {
        match decimal(text) {
            Some(decimal) => *number = decimal,
            None => {
                sound = false;
                let field = format!("{name} of {}", signal.label);
                problems.report_field(Fault::HEADER_NUMBER, field, "a finite number", format!("{text:?}"));
            }
        }
    }
    let [physical_minimum, physical_maximum, digital_minimum, digital_maximum] = numbers;
    let mut refuse = |fault, which: &str, expected: &str, [low, high]: [f64; 2]| {
        let field = format!("{which} range of {}", signal.label);
        problems.report_field(fault, field, expected, format!("{low} to {high}"));
        None
    };
    let gain = (physical_maximum - physical_minimum) / (digital_maximum - digital_minimum);
    if !sound {
        None
    } else if digital_minimum >= digital_maximum {
        let digital = [digital_minimum, digital_maximum];
        refuse(Fault::DIGITAL_RANGE, "digital", "a minimum below the maximum", digital)
    } else if gain == 0.0 || !gain.is_finite() {
        let physical = [physical_minimum, physical_maximum];
        refuse(Fault::PHYSICAL_RANGE, "physical", "a minimum and another maximum", physical)
    } else {
        Some(Scale { gain, digital_minimum, physical_minimum })
    }
}
