//! The processor's vector registers after kernels of faer.
//!
//! Its AVX-512 kernels return with the upper halves of the registers in use. Every later instruction of the older set then waits for
//! them: a logarithm takes some thirty times as long, in this library as in its caller.

/// Sets the upper halves free, as the ABI wants them. Called after whatever may run such kernels; costs a few nanoseconds.
#[inline]
pub fn clear() {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx) = pulp::core_arch::x86::Avx::try_new() {
        avx._mm256_zeroupper();
    }
}
