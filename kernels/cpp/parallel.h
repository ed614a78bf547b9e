// Work on torch's own threads: rows in chunks of equal rows + edges, taken from a counter.
// Each row is summed by one thread in the order of its edges, so results never depend on the
// number of threads.
#pragma once
#include <atomic>
#include <cstdlib>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "vec.h"

typedef void (*RangeFn)(i64 begin, i64 end, void* context);
typedef i32 (*ParallelFor)(i64 begin, i64 end, i64 grain, RangeFn, void* context);
inline ParallelFor g_parallel_for = nullptr;  // torch_parallel_for

struct Csr {
  const i64* ptr;
  const i32* idx;  // null: the slot itself
  const i64* eid;  // null: the slot itself
  i64 rows, edges;

  INLINE i64 neighbour(i64 slot) const { return idx ? idx[slot] : slot; }
  INLINE i64 edge(i64 slot) const { return eid ? eid[slot] : slot; }
  INLINE i64 ahead(i64 slot, int by) const {
    return neighbour(slot + by < edges ? slot + by : edges - 1);
  }
};

constexpr i64 kChunkWork = 4096;
constexpr i64 kMaxChunks = 1024;

INLINE i64 chunk_count(const Csr& g) {
  i64 chunks = (g.rows + g.edges) / kChunkWork;
  return chunks < 1 ? 1 : chunks > kMaxChunks ? kMaxChunks : chunks;
}

// The first row of a chunk: where rows + edges reach the chunk's share.
inline i64 chunk_begin(const Csr& g, i64 chunk, i64 chunks) {
  i64 total = g.rows + g.edges, low = 0, high = g.rows;
  i64 want = total / chunks * chunk + total % chunks * chunk / chunks;
  while (low < high) {
    i64 middle = (low + high) / 2;
    if (g.ptr[middle] + middle < want) low = middle + 1;
    else high = middle;
  }
  return chunk == chunks ? g.rows : low;
}

template <class F> void for_chunks(i64 chunks, F work) {
  struct Job {
    F* work;
    i64 chunks;
    std::atomic<i64> next;
  } job{&work, chunks, {0}};
  RangeFn run = [](i64, i64, void* context) {
    auto* job = static_cast<Job*>(context);
    for (i64 c; (c = job->next.fetch_add(1, std::memory_order_relaxed)) < job->chunks;)
      (*job->work)(c);
  };
  // One call a thread is enough: each call empties the counter.
  if (chunks > 1 && g_parallel_for) g_parallel_for(0, chunks, 1, run, &job);
  else run(0, 1, &job);
}

// Aligned work space of one chunk; `ok` falls when memory is short.
template <class C> struct Scratch {
  C* base;
  C* next;
  explicit Scratch(i64 values) {
    size_t bytes = (size_t(values) * sizeof(C) + 4096) / 64 * 64;
    base = next = static_cast<C*>(aligned_alloc(64, bytes));
  }
  ~Scratch() { free(base); }
  Scratch(const Scratch&) = delete;
  C* take(i64 values) {
    C* start = next;
    next += (values + 31) / 16 * 16;  // room for a last whole vector
    return start;
  }
};

// Run rows(begin, end, scratch, chunk) over all rows; returns 1 when memory is short. A chunk
// takes `pieces` pieces of scratch: `values`, and `an_edge` for each edge of its longest row.
template <class C, class F>
int for_rows(const Csr& g, i64 values, i64 an_edge, int pieces, F rows) {
  std::atomic<int> failed{0};
  i64 chunks = chunk_count(g);
  for_chunks(chunks, [&](i64 c) {
    i64 begin = chunk_begin(g, c, chunks), end = chunk_begin(g, c + 1, chunks), longest = 0;
    if (an_edge)
      for (i64 i = begin; i < end; i++)
        if (g.ptr[i + 1] - g.ptr[i] > longest) longest = g.ptr[i + 1] - g.ptr[i];
    Scratch<C> scratch(values + an_edge * longest + 32 * pieces);
    if (!scratch.base) failed.store(1);
    else rows(begin, end, scratch, c);
  });
  return failed.load();
}

// Ask for huge pages inside a large fresh output: fewer page faults, no other effect.
inline void advise_huge(void* data, i64 bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  const uintptr_t page = uintptr_t(1) << 21;
  uintptr_t begin = (uintptr_t(data) + page - 1) & ~(page - 1);
  uintptr_t end = (uintptr_t(data) + uintptr_t(bytes)) & ~(page - 1);
  if (data && begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

// Into the second-level cache: a first level has too few lines in flight for whole rows.
INLINE void prefetch_row(const void* row, i64 bytes) {
  const char* p = static_cast<const char*>(row);
#pragma GCC unroll 8
  for (i64 i = 0; i < bytes; i += 64) __builtin_prefetch(p + i, 0, 2);
}
