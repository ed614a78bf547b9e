// A hypergraph as compressed sparse rows in both directions: hyperedges over keys, keys over
// hyperedges. Keys are nodes for s = 1, and shared sets of s nodes (a lift) for s > 1, so that
// two hyperedges share at least s nodes exactly when they share a key.
#pragma once
#include <algorithm>
#include <cstdlib>

#include "vec.h"

using u8 = uint8_t;
using u64 = uint64_t;

struct Row {
  const i32 *first, *last;
  const i32* begin() const { return first; }
  const i32* end() const { return last; }
  i64 size() const { return last - first; }
};

struct Rows {
  const i64* ptr;
  const i32* idx;
  INLINE Row operator[](i64 row) const { return {idx + ptr[row], idx + ptr[row + 1]}; }
};

struct Bipartite {
  Rows edge_keys, key_edges;
  i64 edges, keys;
  const u8 *edge_ok, *key_ok;  // null: all count

  INLINE bool has_edge(i64 edge) const { return !edge_ok || edge_ok[edge]; }
  INLINE bool has_key(i64 key) const { return !key_ok || key_ok[key]; }
  // Pairs of hyperedges that share several keys count for the smallest of them only.
  bool is_first_common(i32 key, i32 left, i32 right) const {
    Row a = edge_keys[left], b = edge_keys[right];
    const i32 *x = a.first, *y = b.first;
    while (*x < key && *y < key) {
      if (*x == *y && has_key(*x)) return false;
      i32 smaller = std::min(*x, *y);
      x += *x == smaller;
      y += *y == smaller;
    }
    return true;  // both rows hold the key, so neither loop runs past its row
  }
};

// Memory of one call, freed with it; `ok()` is false when memory is short.
template <class T> struct Buffer {
  T* data;
  explicit Buffer(i64 size) : data(static_cast<T*>(calloc(size_t(size) + 1, sizeof(T)))) {}
  ~Buffer() { free(data); }
  Buffer(const Buffer&) = delete;
  bool ok() const { return data; }
  T& operator[](i64 i) const { return data[i]; }
};

struct TransposeArgs {
  Rows rows;
  i64 count, columns;
  i64* ptr;  // [columns + 1], zeroed
  i32* idx;
};

// Rows stay ascending, because they are visited in their order.
inline int transpose(const TransposeArgs& a) {
  const i64 entries = a.rows.ptr[a.count];
  for (i64 i = 0; i < entries; i++) a.ptr[a.rows.idx[i] + 1]++;
  for (i64 c = 0; c < a.columns; c++) a.ptr[c + 1] += a.ptr[c];
  for (i64 r = 0; r < a.count; r++)
    for (i32 c : a.rows[r]) a.idx[a.ptr[c]++] = i32(r);
  for (i64 c = a.columns; c > 0; c--) a.ptr[c] = a.ptr[c - 1];
  a.ptr[0] = 0;
  return 0;
}

struct NormaliseArgs {
  i64* ptr;
  i32* idx;
  i64 count;
};

// Sort each row and drop what stands in it twice, in place.
inline int normalise(const NormaliseArgs& a) {
  i64 out = 0, begin = a.ptr[0];
  for (i64 r = 0; r < a.count; r++) {
    i32 *first = a.idx + begin, *last = a.idx + a.ptr[r + 1];
    begin = a.ptr[r + 1];
    if (!std::is_sorted(first, last)) std::sort(first, last);
    last = std::unique(first, last);
    if (a.idx + out != first) std::copy(first, last, a.idx + out);
    a.ptr[r] = out;
    out += last - first;
  }
  a.ptr[a.count] = out;
  return 0;
}

struct ExtendArgs {
  Rows rows;
  i64 count;       // rows before
  Rows more;       // what each row gets at its end
  i64 more_count;  // rows after, at least as many
  i64* ptr;
  i32* idx;
};

// Append to rows: what an insert does to either direction, in one pass.
inline int extend(const ExtendArgs& a) {
  i64 out = 0;
  for (i64 r = 0; r < a.more_count; r++) {
    a.ptr[r] = out;
    if (r < a.count)
      for (i32 x : a.rows[r]) a.idx[out++] = x;
    for (i32 x : a.more[r]) a.idx[out++] = x;
  }
  a.ptr[a.more_count] = out;
  return 0;
}

struct InternArgs {
  const i64* values;
  i64 count;
  i32* numbers;  // [count]
  i64* first;    // [count], where each number was met first
  i64* made;     // how many numbers
};

// Open addressing over keys with their numbers; never more than half full.
struct KeyTable {
  struct Slot { i64 key; i64 number; };  // number + 1; 0: free
  Slot* slots = nullptr;
  i64 size = 0;
  ~KeyTable() { free(slots); }
  Slot& find(i64 key) const {
    u64 at = u64(key) * 0x9e3779b97f4a7c15u >> 20;
    for (;; at++) {
      Slot& slot = slots[at & u64(size - 1)];
      if (!slot.number || slot.key == key) return slot;
    }
  }
  bool grow() {
    KeyTable larger;
    larger.size = size ? 4 * size : 4096;
    larger.slots = static_cast<Slot*>(calloc(size_t(larger.size), sizeof(Slot)));
    if (!larger.slots) return false;
    for (i64 i = 0; i < size; i++)
      if (slots[i].number) larger.find(slots[i].key) = slots[i];
    std::swap(slots, larger.slots);
    std::swap(size, larger.size);
    return true;
  }
};

// Number values in the order in which they are first met.
inline int intern(const InternArgs& a) {
  KeyTable table;
  i64 made = 0;
  for (i64 i = 0; i < a.count; i++) {
    if (2 * made >= table.size && !table.grow()) return 1;
    KeyTable::Slot& slot = table.find(a.values[i]);
    if (!slot.number) {
      a.first[made] = i;
      slot = {a.values[i], ++made};
    }
    a.numbers[i] = i32(slot.number - 1);
  }
  *a.made = made;
  return 0;
}
