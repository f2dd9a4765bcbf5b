//! Summarizes a folder of CSV files on the workers of a Dask cluster, file by file.
//!
//! ```sh
//! cd examples/dask-weather
//! cargo run -- run dask_weather.summarize --folder data
//! ```
//!
//! The workers read the files themselves, so all of them must be able to reach the folder: it is on this
//! machine, or on a volume that their pods share. The summary of a file stays on the cluster and is merged
//! there, two by two; only the summary of all files comes back.
//!
//! The readings in `data/` are made up.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf, absolute};
use std::process::ExitCode;

use flytekit::prelude::*;
use serde::{Deserialize, Serialize};

/// A line of a file.
#[derive(Deserialize)]
struct Reading {
    station: String,
    celsius: f64,
}

/// Statistics of some readings of a station.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
struct Station {
    count: u32,
    sum: f64,
    coldest: f64,
    warmest: f64,
}

impl Station {
    fn of(celsius: f64) -> Self {
        Station {
            count: 1,
            sum: celsius,
            coldest: celsius,
            warmest: celsius,
        }
    }

    fn and(self, other: Station) -> Self {
        Station {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            coldest: self.coldest.min(other.coldest),
            warmest: self.warmest.max(other.warmest),
        }
    }
}

type Stations = BTreeMap<String, Station>;

fn add(stations: &mut Stations, name: String, station: Station) {
    let known = stations.entry(name);
    known
        .and_modify(|known| *known = known.and(station))
        .or_insert(station);
}

/// Reads a file.
#[worker_fn]
fn read_file(path: PathBuf) -> Result<Stations> {
    read(&path).map_err(|error| Error::user(format!("{}: {error}", path.display())))
}

fn read(path: &Path) -> csv::Result<Stations> {
    let mut stations = Stations::new();
    for reading in csv::Reader::from_path(path)?.deserialize() {
        let Reading { station, celsius } = reading?;
        add(&mut stations, station, Station::of(celsius));
    }
    Ok(stations)
}

/// Merges the statistics of different files.
#[worker_fn]
fn merge(mut left: Stations, right: Stations) -> Stations {
    for (name, station) in right {
        add(&mut left, name, station);
    }
    left
}

/// Temperatures in degrees Celsius, by station.
#[derive(Outputs)]
struct Summary {
    /// The coldest reading.
    coldest: BTreeMap<String, f64>,
    /// The mean of all readings.
    mean: BTreeMap<String, f64>,
    /// The warmest reading.
    warmest: BTreeMap<String, f64>,
}

/// Summarizes the temperatures in a folder of CSV files, whose columns are `station` and `celsius`.
#[task(dask(workers(count = 2, limits(cpu = "2", mem = "2Gi"))))]
fn summarize(
    dask: &DaskClient,
    /// Where the files are, also for the workers.
    folder: String,
) -> Result<Summary> {
    let files = csv_files(&folder)?;
    let read: Result<_> = files
        .into_iter()
        .map(|file| dask.submit(read_file, file))
        .collect();
    let mut parts: Vec<_> = read?;
    while parts.len() > 1 {
        let pairs = parts.chunks(2).map(|pair| match pair {
            [left, right] => dask.submit(merge, (left, right)),
            odd => Ok(odd[0].clone()),
        });
        parts = pairs.collect::<Result<_>>()?;
    }
    let stations = match parts.pop() {
        Some(all) => all.result()?,
        None => return Err(Error::user(format!("no .csv files in {folder}"))),
    };
    let by_station = |value: fn(&Station) -> f64| {
        let values = stations.iter();
        values
            .map(|(name, station)| (name.clone(), value(station)))
            .collect()
    };
    Ok(Summary {
        coldest: by_station(|station| station.coldest),
        mean: by_station(|station| station.sum / f64::from(station.count)),
        warmest: by_station(|station| station.warmest),
    })
}

/// The files, as absolute paths, which are the same on each worker.
fn csv_files(folder: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(absolute(folder)?)
        .map_err(|error| Error::bad_input(format!("{folder} cannot be read: {error}")))?;
    let paths: std::io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut files = paths?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    files.sort();
    Ok(files)
}

fn main() -> ExitCode {
    flytekit::main()
}
