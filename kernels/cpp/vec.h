// Vectors of W lanes of C (float or double) by the compiler's own vector types, so that one
// source serves SSE, AVX2, AVX-512 and NEON.
#pragma once
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <utility>

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
// Round to the nearest, ties to even; a NaN stays one.
template <int W> INLINE void store(bf16* p, Vec<float, W> x) {
  auto bits = reinterpret_cast<Vec<u32, W>>(x);
  bits = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  bits = x != x ? Vec<u32, W>{} + 0x7fc0 : bits;
  *reinterpret_cast<Loose<uint16_t, W>*>(p) = __builtin_convertvector(bits, Vec<uint16_t, W>);
}

INLINE float widen(bf16 x) {
  u32 bits = u32(x.bits) << 16;
  float f;
  __builtin_memcpy(&f, &bits, 4);
  return f;
}
INLINE float widen(float x) { return x; }
INLINE double widen(double x) { return x; }

INLINE void narrow(bf16* to, float x) {
  u32 bits;
  __builtin_memcpy(&bits, &x, 4);
  to->bits = x != x ? 0x7fc0 : uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}
INLINE void narrow(float* to, float x) { *to = x; }
INLINE void narrow(double* to, double x) { *to = x; }

#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define HAS_SHUFFLE 1
#endif
#endif

#ifdef HAS_SHUFFLE
template <class V, class P, int... i>
INLINE auto shuffle_lanes(V a, V b, P, std::integer_sequence<int, i...>) {
  return __builtin_shufflevector(a, b, P()(i)...);
}
// N lanes of a and b side by side: lane i of the result is lane place(i) of the two.
template <int N, class V, class P> INLINE auto shuffle(V a, V b, P place) {
  return shuffle_lanes(a, b, place, std::make_integer_sequence<int, N>());
}
#endif

// W / 2 lanes of x, the first or the last.
template <class C, int W, bool last> INLINE Vec<C, W / 2> half(Vec<C, W> x) {
#ifdef HAS_SHUFFLE
  return shuffle<W / 2>(x, x, [](int i) { return last ? i + W / 2 : i; });
#else
  Vec<C, W / 2> y;
  for (int i = 0; i < W / 2; i++) y[i] = x[last ? i + W / 2 : i];
  return y;
#endif
}
template <class C, int W> INLINE C sum_lanes(Vec<C, W> x) {
  if constexpr (W == 1) return x[0];
  else return sum_lanes<C, W / 2>(half<C, W, false>(x) + half<C, W, true>(x));
}

#ifdef HAS_SHUFFLE
// [a0+a1, a2+a3, b0+b1, b2+b3] in every 128-bit lane.
template <int W> INLINE Vec<float, W> add_pairs(Vec<float, W> a, Vec<float, W> b) {
  return shuffle<W>(a, b, [](int i) { return i / 4 * 4 + i % 2 * 2 + (i % 4 < 2 ? 0 : W); }) +
         shuffle<W>(a, b, [](int i) { return i / 4 * 4 + i % 2 * 2 + (i % 4 < 2 ? 1 : W + 1); });
}
// Add the 128-bit lanes up.
template <int W> INLINE Vec<float, 4> fold4(Vec<float, W> x) {
  if constexpr (W == 4) return x;
  else return fold4<W / 2>(half<float, W, false>(x) + half<float, W, true>(x));
}
// From [abcd] and [efgh] in every 128-bit lane to their sums over lanes, 8 values.
template <int W> INLINE Vec<float, 8> fold8(Vec<float, W> x, Vec<float, W> y) {
  if constexpr (W == 16) return fold8<8>(half<float, 16, false>(x) + half<float, 16, true>(x),
                                         half<float, 16, false>(y) + half<float, 16, true>(y));
  else if constexpr (W == 4) return shuffle<8>(x, y, [](int i) { return i; });
  else return shuffle<8>(x, y, [](int i) { return i < 4 ? i : i + 4; }) +
              shuffle<8>(x, y, [](int i) { return i < 4 ? i + 4 : i + 8; });
}
#endif

// The sums of the lanes of each of H vectors: together where shuffles allow it.
template <int H, class C, int W> INLINE Vec<C, H> sum_heads(const Vec<C, W>* part) {
#ifdef HAS_SHUFFLE
  if constexpr (std::is_same_v<C, float> && W >= 4 && (H == 4 || H == 8)) {
    auto x = add_pairs<W>(add_pairs<W>(part[0], part[1]), add_pairs<W>(part[2], part[3]));
    if constexpr (H == 4) return fold4<W>(x);
    else return fold8<W>(x, add_pairs<W>(add_pairs<W>(part[4], part[5]),
                                         add_pairs<W>(part[6], part[7])));
  } else
#endif
  {
    Vec<C, H> sums;
    for (int h = 0; h < H; h++) sums[h] = sum_lanes<C, W>(part[h]);
    return sums;
  }
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

// log x within about 1 ulp for normal x (Cephes' polynomial on [√½ - 1, √2 - 1]); NaN of NaN.
template <int W> INLINE Vec<float, W> log_lanes(Vec<float, W> x) {
  typedef Vec<i32, W> I;
  I bits = reinterpret_cast<I>(x), power = (bits - 0x3f3504f3) >> 23;
  auto f = reinterpret_cast<Vec<float, W>>(bits - (power << 23)) - 1.f;
  auto e = __builtin_convertvector(power, Vec<float, W>);
  auto p = f * 7.0376836292e-2f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  auto y = f * f * f * p - e * 2.12194440e-4f - f * f * 0.5f;
  return x == x ? f + y + e * 0.693359375f : x;
}

template <class C> constexpr C kLog2e = C(1.4426950408889634074);
template <class C> constexpr C kLn2 = C(0.69314718055994530942);
template <class C> constexpr C kInf = C(INFINITY);
