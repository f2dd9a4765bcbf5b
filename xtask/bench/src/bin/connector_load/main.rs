//! Load on a connector server: `connector_load CERTIFICATES CALLERS JOBS WATCHED COMMAND…`
//!
//! Plays a workspace of Databricks, whose certificate is in the folder `CERTIFICATES`, and starts the command, a
//! connector server on the port that replaces `PORT` in it. `CALLERS` callers make `JOBS` jobs each: create, get,
//! delete. Then `WATCHED` runs are created, and a `get` for each of them is sent at the same time. Prints one
//! measurement per line, as `series number`.

mod jobs;
mod process;
mod workspace;

use std::env;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;

use self::jobs::Jobs;
use self::process::Server;
use self::workspace::Workspace;

/// The calls that the server gets.
struct Load {
    certificates: PathBuf,
    callers: usize,
    jobs: usize,
    watched: usize,
    command: Vec<String>,
}

fn main() -> Result<()> {
    let load =
        Load::read().context("usage: connector_load CERTIFICATES CALLERS JOBS WATCHED COMMAND…")?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(load.put())
}

impl Load {
    fn read() -> Option<Self> {
        let mut words = env::args().skip(1);
        let certificates = words.next()?.into();
        let mut number = || words.next()?.parse().ok();
        Some(Load {
            certificates,
            callers: number()?,
            jobs: number()?,
            watched: number()?,
            command: words.collect(),
        })
    }

    async fn put(&self) -> Result<()> {
        let workspace = Workspace::start(&self.certificates).await?;
        let server = Server::start(&self.command, &self.certificates, workspace.port)?;
        let jobs = Jobs::connect(server.port).await?;
        jobs.whole("first", &mut Vec::new()).await?;
        println!("idle_bytes {}", server.peak()?);
        self.call(&jobs, &server).await?;
        println!("called_bytes {}", server.peak()?);
        self.watch(&jobs, &server).await?;
        println!("watched_bytes {}", server.peak()?);
        Ok(())
    }

    /// Runs whole jobs of all callers at the same time.
    async fn call(&self, jobs: &Jobs, server: &Server) -> Result<()> {
        let (before, began) = (server.cpu()?, Instant::now());
        let mut callers = JoinSet::new();
        for caller in 0..self.callers {
            let (jobs, turns) = (jobs.clone(), self.jobs);
            callers.spawn(async move {
                let mut latencies = Vec::new();
                for turn in 0..turns {
                    jobs.whole(&format!("{caller}-{turn}"), &mut latencies)
                        .await?;
                }
                anyhow::Ok(latencies)
            });
        }
        let mut latencies = Vec::new();
        while let Some(ended) = callers.join_next().await {
            latencies.extend(ended??);
        }
        let count = (self.callers * self.jobs).max(1);
        println!(
            "cpu_seconds {}",
            per(server.cpu()?.saturating_sub(before), count)
        );
        println!("wall_seconds {}", per(began.elapsed(), count));
        latencies.sort();
        let median = latencies.get(latencies.len() / 2).copied();
        println!(
            "latency_seconds {}",
            median.unwrap_or_default().as_secs_f64()
        );
        Ok(())
    }

    /// Creates many runs, and asks for all of them at the same time.
    async fn watch(&self, jobs: &Jobs, server: &Server) -> Result<()> {
        let mut metas = Vec::new();
        let names: Vec<_> = (0..self.watched)
            .map(|it| format!("watched-{it}"))
            .collect();
        for names in names.chunks(self.callers.max(1)) {
            let mut creations = JoinSet::new();
            for name in names {
                let (jobs, name) = (jobs.clone(), name.clone());
                creations.spawn(async move { jobs.create(&name).await });
            }
            while let Some(created) = creations.join_next().await {
                metas.push(created??);
            }
        }
        let (before, began) = (server.cpu()?, Instant::now());
        let mut gets = JoinSet::new();
        for meta in metas {
            let jobs = jobs.clone();
            gets.spawn(async move { jobs.get(meta).await });
        }
        while let Some(got) = gets.join_next().await {
            got??;
        }
        let count = self.watched.max(1);
        println!(
            "watch_cpu_seconds {}",
            per(server.cpu()?.saturating_sub(before), count)
        );
        println!("watch_wall_seconds {}", per(began.elapsed(), count));
        Ok(())
    }
}

fn per(time: Duration, count: usize) -> f64 {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    (time / count).as_secs_f64()
}
