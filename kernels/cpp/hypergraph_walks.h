// All simple paths of one given length, under constraints: what shortest paths leave open.
#pragma once
#include "hypergraph_rows.h"

struct WalkArgs {
  Bipartite g;
  const i32* sources;  // ascending
  i64 count;
  const i32* steps;   // [edges]: to the target, not through a source; -1 where nothing leads
  const i32* via;     // [wanted, edges]: to the nearest hyperedge with each required node
  const i32* onward;  // [wanted]: from there to the target
  i64 wanted;
  i64 length, most, budget;  // steps of a path; paths; neighbours that may be looked at
  i32 *edges, *keys;         // [most, length + 1], as of shortest paths
  i64* made;                 // [2]: paths written, what is left of the budget
};

// Depth-first, in the order of paths. A branch is left when its bound on the steps that remain
// is above what the length allows. Only the first hyperedge may be a source, only the last may
// have no steps to go, or paths would be padded at their ends.
struct Walks {
  const WalkArgs& a;
  const Bipartite& g;
  Buffer<u8> used;  // sources, and what stands on the path
  Buffer<i32> edge, key;
  Buffer<i64> key_at, edge_at, missing;
  i64 budget;

  explicit Walks(const WalkArgs& args)
      : a(args), g(a.g), used(g.edges), edge(a.length + 1), key(a.length + 1),
        key_at(a.length + 1), edge_at(a.length + 1), missing(a.length + 1), budget(a.budget) {}
  bool ok() const {
    return used.ok() && edge.ok() && key.ok() && key_at.ok() && edge_at.ok() && missing.ok();
  }

  // Take a hyperedge as the next of the path, if the path can still end in time.
  bool enter(i64 depth, i32 e, i64 before) {
    i64 left = a.length - depth, bound = a.steps[e], open = before;
    if (bound < 0 || (bound == 0) != (left == 0)) return false;
    for (i64 q = 0; q < a.wanted; q++) {
      i32 to = a.via[q * g.edges + e];
      if (to == 0) open &= ~(i64(1) << q);
      else if (!(open >> q & 1)) continue;
      else if (to < 0) return false;
      else bound = std::max<i64>(bound, to + a.onward[q]);
    }
    if (bound > left) return false;
    edge[depth] = e, missing[depth] = open;
    key_at[depth] = 0, edge_at[depth] = 0;
    return true;
  }

  bool descend(i64 depth) {
    i32 from = edge[depth];
    Row keys = g.edge_keys[from];
    for (; key_at[depth] < keys.size(); key_at[depth]++, edge_at[depth] = 0) {
      i32 k = keys.first[key_at[depth]];
      if (!g.has_key(k)) continue;
      Row row = g.key_edges[k];
      while (edge_at[depth] < row.size()) {
        i32 to = row.first[edge_at[depth]++];
        if (--budget < 0) return false;
        if (used[to] || !g.has_edge(to) || !g.is_first_common(k, from, to)) continue;
        if (!enter(depth + 1, to, missing[depth])) continue;
        key[depth] = k, used[to] = 1;
        return true;
      }
    }
    return false;
  }

  void run() {
    i64 written = 0;
    for (i64 i = 0; i < a.count; i++) used[a.sources[i]] = 1;
    for (i64 i = 0; i < a.count && written < a.most && budget >= 0; i++) {
      if (!enter(0, a.sources[i], (i64(1) << a.wanted) - 1)) continue;
      for (i64 depth = 0; depth >= 0 && written < a.most;) {
        if (depth < a.length && descend(depth)) {
          depth++;
          continue;
        }
        if (budget < 0) break;
        if (depth == a.length) write(written++);
        if (depth > 0) used[edge[depth]] = 0;
        depth--;
      }
    }
    a.made[0] = written;
    a.made[1] = budget;
  }
  void write(i64 path) {
    i64 at = path * (a.length + 1);
    std::copy(edge.data, edge.data + a.length + 1, a.edges + at);
    std::copy(key.data, key.data + a.length, a.keys + at);
    a.keys[at + a.length] = -1;
  }
};

inline int walks(const WalkArgs& a) {
  Walks search(a);
  if (!search.ok()) return 1;
  search.run();
  return 0;
}
