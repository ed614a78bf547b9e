// Lifts: the sets of s nodes that at least two hyperedges share, made from those of s - 1.
#pragma once
#include "hypergraph_rows.h"

struct LiftArgs {
  Rows key_edges;  // of the sets of s - 1 nodes
  i64 keys;
  const i32* largest;  // node of each set
  Rows edge_nodes;
  const u8* skipped;  // hyperedges with too many subsets, or null
  i64 nodes;
  i32 *parent, *added;  // of each new set: the set it extends, and by which node
  i64* ptr;             // new sets over hyperedges
  i32* idx;
  i64* made;  // the number of new sets
};

template <class F> void each_larger(const LiftArgs& a, i64 key, F visit) {
  for (i32 edge : a.key_edges[key]) {
    if (a.skipped && a.skipped[edge]) continue;
    Row nodes = a.edge_nodes[edge];
    for (const i32* n = nodes.last; n > nodes.first && n[-1] > a.largest[key]; n--)
      visit(edge, n[-1]);
  }
}

// A set occurs twice only if the set without its largest node does, so nothing else is counted.
// New sets come out in lexicographic order, their hyperedges ascending.
inline int lift(const LiftArgs& a) {
  Buffer<i64> count(a.nodes);  // how often a node was met, then where its set is written
  Buffer<i32> met(a.nodes);
  if (!count.ok() || !met.ok()) return 1;
  i64 sets = 0, out = 0;
  for (i64 key = 0; key < a.keys; key++) {
    if (a.key_edges[key].size() < 2) continue;
    i64 found = 0, kept = 0;
    each_larger(a, key, [&](i32, i32 node) {
      if (count[node]++ == 0) met[found++] = node;
    });
    for (i64 i = 0; i < found; i++) {
      if (count[met[i]] > 1) met[kept++] = met[i];
      else count[met[i]] = -1;
    }
    // Nodes that were met once keep -1 until the second walk has passed them.
    std::sort(met.data, met.data + kept);
    for (i64 i = 0; i < kept; i++) {
      a.parent[sets] = i32(key);
      a.added[sets] = met[i];
      a.ptr[sets++] = out;
      i64 start = out;
      out += count[met[i]];
      count[met[i]] = start;
    }
    each_larger(a, key, [&](i32 edge, i32 node) {
      if (count[node] < 0) count[node] = 0;
      else if (kept) a.idx[count[node]++] = edge;
    });
    for (i64 i = 0; i < kept; i++) count[met[i]] = 0;
  }
  a.ptr[sets] = out;
  *a.made = sets;
  return 0;
}
