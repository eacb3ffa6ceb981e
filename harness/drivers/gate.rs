//! How fast an environment may be asked: requests evenly spaced, and so many at once.
//!
//! Holds no knowledge of requests: whoever wants to send one passes the gate first and keeps the permit until
//! the response is read.

use std::{
    cmp::Ordering,
    io,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use prodiff_core::action::Limit;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit},
    time::{Instant, sleep_until},
};

use super::between::{Held, Lock};

/// Places beyond this number are counted by each process for itself.
const MOST_COMMON_PLACES: usize = 64;

/// The gate of one environment. First come, first served.
#[derive(Debug)]
pub struct Gate {
    /// Gates are entered in this order by whoever needs two of them, so that no two wait for each other.
    order: u64,
    pace: Option<Pace>,
    places: Option<(usize, Arc<Semaphore>)>,
    /// The same places, where other processes take them too.
    common_places: Vec<Lock>,
}

/// Leave to send one request. Dropping it frees the place; what was sent cannot be unsent.
#[derive(Debug)]
#[must_use = "the place is free again as soon as the permit is dropped"]
pub struct Permit {
    _place: Option<Place>,
}

#[derive(Debug)]
struct Place {
    // In this order: the others may have it before this process takes it again.
    _common: Vec<Held>,
    _own: OwnedSemaphorePermit,
}

#[derive(Debug)]
struct Pace {
    interval: Duration,
    /// One waiter at a time looks at the schedule; the others queue here in order. A waiter that is dropped
    /// leaves the queue, and the slot it waited for goes to the next.
    turn: Semaphore,
    next: Mutex<Option<Instant>>,
    /// The schedule of all processes, where there are several.
    common: Option<Lock>,
}

/// Leave to look at the schedule, and what stands in it.
#[derive(Debug)]
struct Turn<'g> {
    next: Option<Instant>,
    common: Option<Held>,
    _own: SemaphorePermit<'g>,
}

impl Gate {
    /// A gate that holds to a limit. A rate that is not above zero, or a limit of no requests at once, counts as none.
    #[must_use]
    pub fn new(limit: Limit) -> Self {
        static ORDER: AtomicU64 = AtomicU64::new(0);
        let interval = limit
            .requests_per_second
            .filter(|rate| *rate > 0.0)
            .and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok())
            .filter(|interval| !interval.is_zero());
        Self {
            order: ORDER.fetch_add(1, Relaxed),
            pace: interval.map(|interval| Pace { interval, turn: Semaphore::new(1), next: Mutex::new(None), common: None }),
            places: limit
                .concurrent
                .filter(|places| *places > 0)
                .map(|places| (places, Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))))),
            common_places: Vec::new(),
        }
    }

    /// A gate that all processes pass together that are given the same folder and name.
    ///
    /// # Errors
    /// When files in the folder cannot be locked.
    pub fn between_processes(limit: Limit, folder: &Path, name: &str) -> io::Result<Self> {
        let mut gate = Self::new(limit);
        if let Some(pace) = &mut gate.pace {
            pace.common = Some(Lock::new(folder, &format!("pace-{name}"))?);
        }
        let n_places = gate.places.as_ref().map_or(0, |(places, _)| *places);
        if n_places <= MOST_COMMON_PLACES {
            gate.common_places =
                (1..=n_places).map(|number| Lock::new(folder, &format!("place-{name}-{number}"))).collect::<io::Result<_>>()?;
        }
        Ok(gate)
    }

    /// Waits until one request may be sent. Dropping the future while it waits costs nobody anything.
    ///
    /// Whoever holds a permit must not pass the same gate again before giving it back; two requests at once are
    /// what [`Gate::pass_both`] is for.
    pub async fn pass(&self) -> Permit {
        let place = self.place(1).await;
        let turn = self.turn().await;
        let now = wait(next(&turn)).await;
        self.sent(1, now, turn);
        Permit { _place: place }
    }

    /// Waits until a request may be sent through each of two gates, and takes both at the same instant, so that the
    /// two requests go back to back and each gate keeps its pace.
    ///
    /// Places and turns are taken in one fixed order of gates, whatever the order of the arguments: two pairs cannot
    /// wait for each other. The same gate twice takes two of its places (one, if it has but one) and two slots.
    pub async fn pass_both(first: &Self, second: &Self) -> (Permit, Permit) {
        let (earlier, later) = match first.order.cmp(&second.order) {
            Ordering::Less => (first, second),
            Ordering::Greater => (second, first),
            Ordering::Equal => {
                let place = first.place(2).await;
                let turn = first.turn().await;
                let now = wait(next(&turn)).await;
                first.sent(2, now, turn);
                return (Permit { _place: place }, Permit { _place: None });
            }
        };
        let earlier_place = earlier.place(1).await;
        let later_place = later.place(1).await;
        let earlier_turn = earlier.turn().await;
        let later_turn = later.turn().await;
        let now = wait(next(&earlier_turn).max(next(&later_turn))).await;
        earlier.sent(1, now, earlier_turn);
        later.sent(1, now, later_turn);
        let (earlier, later) = (Permit { _place: earlier_place }, Permit { _place: later_place });
        if first.order < second.order { (earlier, later) } else { (later, earlier) }
    }

    async fn place(&self, wanted: usize) -> Option<Place> {
        let (places, free) = self.places.as_ref()?;
        let wanted = wanted.min(*places);
        let permits = u32::try_from(wanted).expect("one or two");
        let own = Arc::clone(free).acquire_many_owned(permits).await.expect("the semaphore is never closed");
        Some(Place { _common: Lock::some_of(&self.common_places, wanted).await, _own: own })
    }

    async fn turn(&self) -> Option<Turn<'_>> {
        let pace = self.pace.as_ref()?;
        let own = pace.turn.acquire().await.expect("the semaphore is never closed");
        let common = match &pace.common {
            Some(lock) => lock.hold().await,
            None => None,
        };
        let own_next = *pace.next.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever sent last sent one request or two: more than that is a clock that was set back.
        let common_next = common.as_ref().and_then(Held::moment).map(|moment| moment.min(Instant::now() + pace.interval * 2));
        Some(Turn { next: own_next.max(common_next), common, _own: own })
    }

    fn sent(&self, n_requests: u32, slot: Instant, turn: Option<Turn<'_>>) {
        let (Some(pace), Some(turn)) = (&self.pace, turn) else { return };
        // Timers wake late. Counting from the slot keeps the rate; never less than half an interval from now
        // keeps requests apart when one woke very late.
        let next = (slot + pace.interval * n_requests).max(Instant::now() + pace.interval / 2);
        *pace.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(next);
        if let Some(common) = turn.common {
            common.write_moment(next);
        }
    }
}

/// When the next request may go; nothing means at once.
fn next(turn: &Option<Turn<'_>>) -> Option<Instant> {
    turn.as_ref().and_then(|turn| turn.next)
}

/// Waits for a slot; returns the slot, or now where there was nothing to wait for.
async fn wait(slot: Option<Instant>) -> Instant {
    let now = Instant::now();
    match slot {
        Some(slot) if slot > now => {
            sleep_until(slot).await;
            slot
        }
        Some(_) | None => now,
    }
}

#[cfg(test)]
mod tests {
    use std::{future::Future, sync::Mutex};

    use tokio::{task::JoinSet, time::advance};

    use super::*;

    fn gate(requests_per_second: Option<f64>, concurrent: Option<usize>) -> Arc<Gate> {
        Arc::new(Gate::new(Limit { requests_per_second, concurrent }))
    }

    fn ms(start: Instant) -> u128 {
        start.elapsed().as_millis()
    }

    /// The times, in milliseconds, at which `n` requests that each take `ms` go through a gate.
    async fn times(gate: &Arc<Gate>, n: usize, takes: u64) -> Vec<u128> {
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..n {
            let gate = Arc::clone(gate);
            tasks.spawn(async move {
                let permit = gate.pass().await;
                let at = ms(start);
                tokio::time::sleep(Duration::from_millis(takes)).await;
                drop(permit);
                at
            });
        }
        let mut times = tasks.join_all().await;
        times.sort_unstable();
        times
    }

    async fn pends<F: Future>(future: std::pin::Pin<&mut F>) -> bool {
        tokio::select! { biased; _ = future => false, () = tokio::task::yield_now() => true }
    }

    #[tokio::test(start_paused = true)]
    async fn requests_are_evenly_spaced_without_bursts() {
        let gate = gate(Some(5.0), None);
        assert_eq!(times(&gate, 6, 0).await, [0, 200, 400, 600, 800, 1000]);
        // A pause earns no credit.
        advance(Duration::from_secs(60)).await;
        assert_eq!(times(&gate, 3, 0).await, [0, 200, 400]);
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_at_once_and_no_more() {
        assert_eq!(times(&gate(None, Some(2)), 5, 100).await, [0, 0, 100, 100, 200]);
        assert_eq!(times(&gate(Some(10.0), Some(1)), 3, 250).await, [0, 250, 500]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_limit_means_no_waiting() {
        assert_eq!(times(&gate(None, None), 3, 100).await, [0, 0, 0]);
        assert_eq!(times(&gate(Some(0.0), Some(0)), 3, 100).await, [0, 0, 0]);
        assert_eq!(times(&gate(Some(f64::NAN), None), 2, 1).await, [0, 0]);
        assert_eq!(times(&gate(Some(f64::INFINITY), None), 2, 1).await, [0, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn first_come_first_served() {
        let gate = gate(Some(10.0), Some(1));
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        for n in 0..5 {
            let (gate, order) = (Arc::clone(&gate), Arc::clone(&order));
            tasks.spawn(async move {
                let _permit = gate.pass().await;
                order.lock().unwrap().push(n);
            });
        }
        tasks.join_all().await;
        assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiter_that_goes_away_loses_no_slot() {
        let gate = gate(Some(5.0), Some(2));
        let _first = gate.pass().await;
        let start = Instant::now();
        {
            let mut waiter = std::pin::pin!(gate.pass());
            assert!(pends(waiter.as_mut()).await);
        }
        let _second = gate.pass().await;
        assert_eq!(ms(start), 200);
    }

    #[tokio::test(start_paused = true)]
    async fn both_gates_open_at_one_instant_and_keep_their_pace() {
        let (slow, fast) = (gate(Some(2.0), None), gate(Some(10.0), None));
        let start = Instant::now();
        let mut times = Vec::new();
        for _ in 0..3 {
            let _permits = Gate::pass_both(&fast, &slow).await;
            times.push(ms(start));
        }
        assert_eq!(times, [0, 500, 1000]);
    }

    #[tokio::test(start_paused = true)]
    async fn pairs_in_opposite_order_do_not_lock_each_other_out() {
        let (a, b) = (gate(Some(100.0), Some(1)), gate(Some(100.0), Some(1)));
        let mut tasks = JoinSet::new();
        for n in 0..20 {
            let (a, b) = (Arc::clone(&a), Arc::clone(&b));
            tasks.spawn(async move {
                let (first, second) = if n % 2 == 0 { (&a, &b) } else { (&b, &a) };
                let _permits = Gate::pass_both(first, second).await;
                tokio::time::sleep(Duration::from_millis(1)).await;
            });
        }
        let done = tokio::time::timeout(Duration::from_secs(10), tasks.join_all()).await;
        assert_eq!(done.map(|done| done.len()), Ok(20));
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_gate_twice_takes_two_slots_and_does_not_wait_for_itself() {
        let gate = gate(Some(10.0), Some(1));
        let start = Instant::now();
        drop(Gate::pass_both(&gate, &gate).await);
        drop(gate.pass().await);
        assert_eq!(ms(start), 200);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pair_permit_belongs_to_its_gate() {
        let (a, b) = (gate(None, Some(1)), gate(None, Some(1)));
        let (of_b, of_a) = Gate::pass_both(&b, &a).await;
        drop(of_a);
        drop(tokio::time::timeout(Duration::from_secs(1), a.pass()).await.expect("the place in `a` is free"));
        assert!(tokio::time::timeout(Duration::from_secs(1), b.pass()).await.is_err());
        drop(of_b);
    }

    #[tokio::test]
    async fn processes_keep_one_pace_together() {
        let folder = tempfile::tempdir().unwrap();
        let limit = Limit { requests_per_second: Some(50.0), concurrent: None };
        let gates = [(); 2].map(|()| Arc::new(Gate::between_processes(limit, folder.path(), "a b/c").unwrap()));
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for n in 0..6 {
            let gate = Arc::clone(&gates[n % 2]);
            tasks.spawn(async move { drop(gate.pass().await) });
        }
        tasks.join_all().await;
        // Each for itself would be through after 40 ms.
        assert!(start.elapsed() >= Duration::from_millis(95), "{:?}", start.elapsed());
    }

    #[tokio::test]
    async fn processes_share_their_places() {
        let folder = tempfile::tempdir().unwrap();
        let limit = Limit { requests_per_second: None, concurrent: Some(1) };
        let [a, b] = [(); 2].map(|()| Gate::between_processes(limit, folder.path(), "staging").unwrap());
        let permit = a.pass().await;
        assert!(tokio::time::timeout(Duration::from_millis(50), b.pass()).await.is_err());
        drop(permit);
        let _permit = tokio::time::timeout(Duration::from_secs(10), b.pass()).await.expect("the place is free");
    }

    #[tokio::test]
    async fn a_schedule_of_a_clock_that_was_set_back_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let limit = Limit { requests_per_second: Some(100.0), concurrent: None };
        let gate = Gate::between_processes(limit, folder.path(), "staging").unwrap();
        let lock = Lock::new(folder.path(), "pace-staging").unwrap();
        lock.hold().await.unwrap().write_moment(Instant::now() + Duration::from_secs(3600));
        let passed = tokio::time::timeout(Duration::from_secs(10), gate.pass()).await;
        assert!(passed.is_ok());
    }
}
