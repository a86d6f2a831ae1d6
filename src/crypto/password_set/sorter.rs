//! Sorting more numbers than fit into memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// The number of numbers that are sorted in memory at once, 32 MiB of them.
pub(super) const RUN: usize = 1 << 22;
/// The number of numbers of each run that are in memory while the runs are merged: 32 KiB of each of the 240 runs that a
/// billion numbers have.
const BUFFERED: usize = 1 << 12;
const SIZE: usize = size_of::<u64>();

/// Collects numbers as sorted runs in a temporary file, which needs 8 bytes for each number.
pub(super) struct Sorter {
    file: BufWriter<File>,
    run: Vec<u64>,
    run_length: usize,
    /// The number of numbers in each finished run.
    runs: Vec<u64>,
}

/// The sorted numbers; a number can occur more than once.
pub(super) struct Sorted {
    file: File,
    runs: Vec<Run>,
    /// The next number of each run that has more.
    next: BinaryHeap<Reverse<(u64, usize)>>,
}

/// A sorted part of the file that is not in memory yet, and what was read of it.
struct Run {
    at: u64,
    end: u64,
    buffer: Vec<u64>,
}

impl Sorter {
    /// Creates the temporary file in `folder`. It has no name and is gone when the process ends.
    pub(super) fn new(folder: &Path, run_length: usize) -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 20, tempfile::tempfile_in(folder)?);
        Ok(Self { file, run: Vec::with_capacity(run_length), run_length, runs: Vec::new() })
    }

    pub(super) fn push(&mut self, number: u64) -> io::Result<()> {
        self.run.push(number);
        if self.run.len() == self.run_length { self.end_run() } else { Ok(()) }
    }

    /// Returns an upper limit on the number of different numbers, and the numbers.
    pub(super) fn finish(mut self) -> io::Result<(u64, Sorted)> {
        self.end_run()?;
        self.run = Vec::new();
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let total: u64 = self.runs.iter().sum();
        let mut at = 0;
        let runs = self.runs.into_iter().map(|count| {
            let start = at;
            at += count * SIZE as u64;
            Run { at: start, end: at, buffer: Vec::new() }
        });
        let mut sorted = Sorted { file, runs: runs.collect(), next: BinaryHeap::new() };
        for run in 0..sorted.runs.len() {
            sorted.queue_next_of(run)?;
        }
        Ok((total, sorted))
    }

    fn end_run(&mut self) -> io::Result<()> {
        self.run.sort_unstable();
        self.run.dedup();
        for number in &self.run {
            self.file.write_all(&number.to_be_bytes())?;
        }
        if !self.run.is_empty() {
            self.runs.push(self.run.len() as u64);
        }
        self.run.clear();
        Ok(())
    }
}

impl Sorted {
    /// Returns the next number.
    pub(super) fn next(&mut self) -> io::Result<Option<u64>> {
        let Some(Reverse((number, run))) = self.next.pop() else { return Ok(None) };
        self.queue_next_of(run)?;
        Ok(Some(number))
    }

    fn queue_next_of(&mut self, index: usize) -> io::Result<()> {
        let run = &mut self.runs[index];
        if run.buffer.is_empty() {
            run.fill(&self.file)?;
        }
        if let Some(number) = run.buffer.pop() {
            self.next.push(Reverse((number, index)));
        }
        Ok(())
    }
}

impl Run {
    /// Reads the next part of the run, in reverse order, so that its first number can be popped.
    fn fill(&mut self, file: &File) -> io::Result<()> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let mut bytes = vec![0; left.min(BUFFERED * SIZE)];
        file.read_exact_at(&mut bytes, self.at)?;
        self.at += bytes.len() as u64;
        self.buffer.extend(bytes.as_chunks().0.iter().rev().copied().map(u64::from_be_bytes));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{BUFFERED, Sorter};

    #[test]
    fn runs_are_merged_in_order_whatever_their_number_and_length() {
        let folder = tempfile::tempdir().expect("a folder");
        for (count, run) in [(0, 4), (3, 4), (4, 4), (1_000, 7), (3 * BUFFERED, BUFFERED + 1)] {
            let mut sorter = Sorter::new(folder.path(), run).expect("a file");
            // Every residue once, out of order, and the first ten again at the end.
            let numbers: Vec<_> = (0..count).map(|n| (n * 7_919 % count.max(1)) as u64).collect();
            for number in numbers.iter().chain(numbers.iter().take(10)) {
                sorter.push(*number).expect("written");
            }
            let (most, mut sorted) = sorter.finish().expect("read");
            let mut all = Vec::new();
            while let Some(number) = sorted.next().expect("read") {
                all.push(number);
            }
            assert!(all.is_sorted() && all.len() as u64 == most, "{count} in runs of {run}");
            all.dedup();
            assert_eq!(all, (0..count as u64).collect::<Vec<_>>());
        }
    }
}
