// Vectors of W lanes of C (float or double) by the compiler's own vector types, so that one
// source serves SSE, AVX2, AVX-512 and NEON.
#pragma once
#include <cmath>
#include <cstdint>
#include <type_traits>

#define INLINE inline __attribute__((always_inline))

using i64 = int64_t;
using i32 = int32_t;
using u32 = uint32_t;
struct bf16 { uint16_t bits; };  // the upper half of a float

#if defined(__AVX512F__)
constexpr int kBytes = 64;
#elif defined(__AVX2__)
constexpr int kBytes = 32;
#else
constexpr int kBytes = 16;
#endif

template <class C> constexpr int kLanes = kBytes / int(sizeof(C));
// Accumulators that fit the registers beside temporaries.
constexpr int kTile = kBytes == 64 ? 16 : 8;

template <class S> struct ComputeOf { using type = S; };
template <> struct ComputeOf<bf16> { using type = float; };
template <class S> using Compute = typename ComputeOf<S>::type;  // the type in which sums run

template <class T, int W> struct VecOf {
  typedef T type __attribute__((vector_size(sizeof(T) * W)));
  typedef T loose __attribute__((vector_size(sizeof(T) * W), aligned(sizeof(T)), may_alias));
};
template <class T, int W> using Vec = typename VecOf<T, W>::type;
template <class T, int W> using Loose = typename VecOf<T, W>::loose;  // at any address

template <class C, int W> INLINE Vec<C, W> splat(C x) {
  Vec<C, W> v{};
  return v + x;
}

template <int W> INLINE Vec<float, W> load(const float* p) {
  return *reinterpret_cast<const Loose<float, W>*>(p);
}
template <int W> INLINE Vec<double, W> load(const double* p) {
  return *reinterpret_cast<const Loose<double, W>*>(p);
}
template <int W> INLINE Vec<float, W> load(const bf16* p) {
  auto half = *reinterpret_cast<const Loose<uint16_t, W>*>(p);
  auto bits = __builtin_convertvector(half, Vec<u32, W>) << 16;
  return reinterpret_cast<Vec<float, W>>(bits);
}
template <int W> INLINE void store(float* p, Vec<float, W> x) {
  *reinterpret_cast<Loose<float, W>*>(p) = x;
}
template <int W> INLINE void store(double* p, Vec<double, W> x) {
  *reinterpret_cast<Loose<double, W>*>(p) = x;
}

INLINE float widen(bf16 x) {
  u32 bits = u32(x.bits) << 16;
  float f;
  __builtin_memcpy(&f, &bits, 4);
  return f;
}
INLINE float widen(float x) { return x; }
INLINE double widen(double x) { return x; }

// Round to the nearest, ties to even; a NaN stays one.
INLINE void narrow(bf16* to, float x) {
  u32 bits;
  __builtin_memcpy(&bits, &x, 4);
  to->bits = x != x ? 0x7fc0 : uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}
INLINE void narrow(float* to, float x) { *to = x; }
INLINE void narrow(double* to, double x) { *to = x; }

template <class C, int W> INLINE C sum_lanes(Vec<C, W> v) {
  if constexpr (W == 1) {
    return v[0];
  } else {
    Vec<C, W / 2> low, high;
    for (int i = 0; i < W / 2; i++) low[i] = v[i], high[i] = v[i + W / 2];
    return sum_lanes<C, W / 2>(low + high);
  }
}

#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define HAS_SHUFFLE 1
#endif
#endif

#ifdef HAS_SHUFFLE
// [a0+a1, a2+a3, b0+b1, b2+b3] in every 128-bit lane.
template <int W> INLINE Vec<float, W> add_pairs(Vec<float, W> a, Vec<float, W> b) {
  if constexpr (W == 4) {
    return __builtin_shufflevector(a, b, 0, 2, 4, 6) + __builtin_shufflevector(a, b, 1, 3, 5, 7);
  } else if constexpr (W == 8) {
    return __builtin_shufflevector(a, b, 0, 2, 8, 10, 4, 6, 12, 14) +
           __builtin_shufflevector(a, b, 1, 3, 9, 11, 5, 7, 13, 15);
  } else {
    return __builtin_shufflevector(a, b, 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28,
                                   30) +
           __builtin_shufflevector(a, b, 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29,
                                   31);
  }
}
// From [abcd] and [efgh] in every 128-bit lane to their sums over lanes, 8 values.
template <int W> INLINE Vec<float, 8> fold8(Vec<float, W> x, Vec<float, W> y) {
  if constexpr (W == 4) {
    return __builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7);
  } else if constexpr (W == 8) {
    return __builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11) +
           __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15);
  } else {
    auto z = __builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22,
                                     23) +
             __builtin_shufflevector(x, y, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29,
                                     30, 31);
    return __builtin_shufflevector(z, z, 0, 1, 2, 3, 8, 9, 10, 11) +
           __builtin_shufflevector(z, z, 4, 5, 6, 7, 12, 13, 14, 15);
  }
}
#endif

// Sum the lanes of each of H vectors into out [H]: together where shuffles allow it.
template <int H, class C, int W> INLINE void sum_heads(const Vec<C, W>* part, C* out) {
#ifdef HAS_SHUFFLE
  if constexpr (H == 8 && std::is_same_v<C, float>) {
    auto x = add_pairs<W>(add_pairs<W>(part[0], part[1]), add_pairs<W>(part[2], part[3]));
    auto y = add_pairs<W>(add_pairs<W>(part[4], part[5]), add_pairs<W>(part[6], part[7]));
    store<8>(out, fold8<W>(x, y));
    return;
  }
#endif
  for (int h = 0; h < H; h++) out[h] = sum_lanes<C, W>(part[h]);
}

// 2^x within about 1 ulp (Cephes' polynomial on [-1/2, 1/2]); 0 below -126, inf from 128 on.
template <int W> INLINE Vec<float, W> exp2_lanes(Vec<float, W> x) {
  typedef Vec<i32, W> I;
  const float shift = 12582912.f;  // 1.5 · 2^23: adding it rounds to an integer
  auto y = x > 128.f ? splat<float, W>(128.f) : x;
  y = y < -126.f ? splat<float, W>(-126.f) : y;
  auto rounded = y + shift;
  auto f = y - (rounded - shift);
  auto p = f * 1.535336188319500e-4f + 1.339887440266574e-3f;
  p = p * f + 9.618437357674640e-3f;
  p = p * f + 5.550332471162809e-2f;
  p = p * f + 2.402264791363012e-1f;
  p = p * f + 6.931472028550421e-1f;
  p = p * f + 1.f;
  auto power = (reinterpret_cast<I>(rounded) << 23) + 0x3f800000;
  auto result = p * reinterpret_cast<Vec<float, W>>(power);
  return x < -126.f ? splat<float, W>(0.f) : result;
}

// In place over n values; the array has room for a last whole vector.
INLINE void exp2_all(float* x, i64 n) {
  constexpr int W = kLanes<float>;
  for (i64 i = 0; i < n; i += W) store<W>(x + i, exp2_lanes<W>(load<W>(x + i)));
}
INLINE void exp2_all(double* x, i64 n) {
  for (i64 i = 0; i < n; i++) x[i] = std::exp2(x[i]);
}
INLINE float log_of(float x) { return logf(x); }
INLINE double log_of(double x) { return std::log(x); }

template <class C> constexpr C kLog2e = C(1.4426950408889634074);
template <class C> constexpr C kLn2 = C(0.69314718055994530942);
template <class C> constexpr C kInf = C(INFINITY);
