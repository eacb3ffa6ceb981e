//! Chance that can be repeated: numbers that follow from a seed and from what they are for.

/// A generator of its own for each purpose (SplitMix64, which is plenty for a stage set).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice for a purpose: equal seeds and words throw the same numbers.
    pub(crate) fn of(seed: u64, purpose: &[&str]) -> Dice {
        let mut state = seed ^ 0xcbf2_9ce4_8422_2325;
        for word in purpose {
            // 0xff never occurs in UTF-8, so that `ab c` and `a bc` differ.
            for byte in word.bytes().chain([0xff]) {
                state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        let mut dice = Dice(state);
        dice.throw();
        dice
    }

    pub(crate) fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `n`; 0 if `n` is 0.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.throw() % n.max(1)
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// `n` different ones of them (or all there are), in the order of the throw.
    pub(crate) fn sample<T: Copy>(&mut self, from: &[T], n: usize) -> Vec<T> {
        let mut all = from.to_vec();
        let n = n.min(all.len());
        for at in 0..n {
            let other = at + self.below((all.len() - at) as u64) as usize;
            all.swap(at, other);
        }
        all.truncate(n);
        all
    }

    pub(crate) fn shuffle<T>(&mut self, all: &mut [T]) {
        for at in (1..all.len()).rev() {
            all.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}

/// A short digest of bytes, for entity tags (FNV-1a).
pub(crate) fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_purposes_throw_equal_numbers_and_others_do_not() {
        let first = |seed, purpose: &[&str]| Dice::of(seed, purpose).throw();
        assert_eq!(first(7, &["ab", "c"]), first(7, &["ab", "c"]));
        assert_ne!(first(7, &["ab", "c"]), first(7, &["a", "bc"]));
        assert_ne!(first(7, &["ab", "c"]), first(8, &["ab", "c"]));
    }

    #[test]
    fn a_sample_has_no_repeats_and_never_more_than_there_is() {
        let mut sample = Dice::of(1, &["sample"]).sample(&[1, 2, 3, 4], 9);
        sample.sort_unstable();
        assert_eq!(sample, [1, 2, 3, 4]);
        assert!(Dice::of(1, &[]).sample::<u8>(&[], 3).is_empty());
    }
}
