//! All figures of recordings, or of what is recorded of the published ones.

use std::path::Path;

use super::{FeatureView, Figure, Subject, View};
use crate::audit::Audit;
use crate::classifiers::trials::{self, Classification, FeatureFindings};
use crate::error::{Error, Fault, Place, Result};
use crate::features::FeatureTable;
use crate::recordings::Material;
use crate::runs::profile::Profile;
use crate::store::Project;

/// Every figure: the paper's with the runs below `records`, then those of features, of how far back networks look, of the audit
/// and of classifiers as far as there are records of a profile.
///
/// # Errors
/// Those of [`Subject::figure`], [`of_features`], [`Audit::read`] and [`Classification::read`].
pub fn all(project: &Project, of: &Material, records: &Path, profile: Profile) -> Result<Vec<Figure>> {
    let subjects = Subject::ALL.into_iter().filter(|subject| *subject != Subject::LookBack);
    let mut all = Error::gather(subjects.map(|subject| subject.figure(project, of, records)))?;
    // Only full series have been looked into.
    match Subject::LookBack.figure(project, of, records) {
        Err(error) if error.problems().iter().all(|one| one.fault == Fault::NO_RECORDS) => {}
        figure => all.push(figure?),
    }
    all.extend(of_features(project, of, &FeatureView::ALL)?);
    let (audit, classification) =
        (Audit::read(project, of, profile)?, Classification::read(project, of, profile)?);
    // The footer says how much of an audit is unfinished.
    if !audit.estimates.is_empty() {
        all.extend(View::ALL.map(|view| Figure::audit(&audit, view)));
    }
    // Among all figures, one of unfinished trials would stand for something finished.
    if classification.missing.is_empty() {
        all.extend([Figure::classifiers(&classification), Figure::all_classifiers(&classification)]);
    }
    Ok(all)
}

/// Figures of the features of recordings; without recordings, of what is recorded of the published ones, or as a checkout
/// [keeps](Figure::kept) them.
///
/// # Errors
/// Those of [`Figure::kept`]; [`Fault::NO_RECORDS`] if nothing is recorded of features.
pub fn of_features(project: &Project, of: &Material, views: &[FeatureView]) -> Result<Vec<Figure>> {
    // Seconds of work, and the same for all views.
    let table = of.recordings().map(FeatureTable::of);
    Error::gather(views.iter().map(|view| match (view, &table) {
        (FeatureView::Distributions, Some(table)) => Ok(Figure::distributions(table, of)),
        (FeatureView::Knowledge, Some(table)) => Ok(Figure::knowledge(&table.summary(), of)),
        (FeatureView::AllKnowledge, Some(table)) => Ok(Figure::all_knowledge(&table.summary(), of)),
        (FeatureView::Distributions, None) => Figure::kept(project, &view.file_name()),
        (FeatureView::Knowledge | FeatureView::AllKnowledge, None) => {
            let folder = trials::folder(project, of, Profile::Paper);
            let findings = FeatureFindings::read(&folder, of)?.ok_or_else(|| {
                let place = Place::file(FeatureFindings::path(&folder));
                Error::new(Fault::NO_RECORDS, place, "statistics of features", "no such file")
            })?;
            match view {
                FeatureView::AllKnowledge => Ok(Figure::all_knowledge(&findings.features, of)),
                _ => Ok(Figure::knowledge(&findings.features, of)),
            }
        }
    }))
}
