// Shortest paths between two nodes through hyperedges that share keys.
//
// A path is written as hyperedge, key, hyperedge, ... and of two equally long paths the one that
// is smaller at the first difference comes first. Breadth-first search that takes neighbours in
// ascending order meets vertices in just that order, so ties cost nothing.
#pragma once
#include "hypergraph_rows.h"

// Of one thread, for any number of searches: marks are above a base that grows, never cleared.
struct PathScratch {
  u32 *forward, *backward;  // [edges + keys]: place in `queue`; steps to the target
  i32 *queue, *back_queue, *parent, *levels;  // [edges + keys + 2]
  u32* bases;  // [2]
};

struct PathArgs {
  Bipartite g;
  Rows node_edges;
  PathScratch scratch;
  const i32* ends;  // [count, 2]: nodes
  i64 count, most;  // pairs; paths of a pair
  i64* ptr;         // [paths + 1]: where each path begins in `edges` and `keys`
  i32 *edges, *keys;  // a path's hyperedges, and the key to the next one, -1 at the end
  i64 capacity;       // of `edges` and `keys`
  i64* made;          // [2]: pairs done, paths written
};

constexpr i64 kUsualSize = 3;  // of a hyperedge

struct PathSearch {
  const PathArgs& a;
  const Bipartite& g;
  const i64 E, all;
  u32 *forward, *backward;
  i32 *queue, *back_queue, *parent, *levels;
  u32 fbase, bbase;
  i64 placed, level;     // vertices in `queue`, levels complete in it
  i64 back_from, back_to, back_steps;
  i64 forward_work, backward_work;  // what the next level of each side would look at
  i64 length;            // steps between the first and the last hyperedge, -1 where no path is

  explicit PathSearch(const PathArgs& args)
      : a(args), g(a.g), E(g.edges), all(g.edges + g.keys), forward(a.scratch.forward),
        backward(a.scratch.backward), queue(a.scratch.queue), back_queue(a.scratch.back_queue),
        parent(a.scratch.parent), levels(a.scratch.levels) {}

  struct Next { Row row; i64 shift; const u8* ok; };  // the other kind of vertex
  INLINE Next next(i64 x) const {
    if (x < E) return {g.edge_keys[x], E, g.key_ok};
    return {g.key_edges[x - E], 0, g.edge_ok};
  }
  template <class F> INLINE void each_next(i64 x, F visit) const {  // until it returns true
    Next to = next(x);
    for (i32 y : to.row)
      if ((!to.ok || to.ok[y]) && visit(y + to.shift)) return;
  }
  // Rows lie anywhere in memory: ask for their bounds early, for what they hold a little later.
  INLINE void prefetch(const i32* at, const i32* end, const u32* marks) const {
    if (at + 12 < end) {
      i64 x = at[12];
      __builtin_prefetch(x < E ? g.edge_keys.ptr + x : g.key_edges.ptr + (x - E));
    }
    if (at + 6 < end) __builtin_prefetch(next(at[6]).row.first);
    if (at + 2 < end) {
      Next to = next(at[2]);
      for (i64 i = 0; i < 4 && i < to.row.size(); i++)
        __builtin_prefetch(marks + to.row.first[i] + to.shift);
    }
  }
  INLINE i64 place(i64 x) const { return forward[x] > fbase ? i64(forward[x] - fbase) - 1 : -1; }
  INLINE i64 steps(i64 x) const { return backward[x] > bbase ? i64(backward[x] - bbase) - 1 : -1; }

  // Hyperedges are all small, so only the rows of keys are looked up.
  INLINE i64 work(i64 x) const { return x < E ? kUsualSize : next(x).row.size(); }
  INLINE void put_forward(i64 x, i64 from) {
    forward[x] = fbase + u32(placed) + 1;
    parent[placed] = i32(from);
    queue[placed++] = i32(x);
    forward_work += work(x);
  }
  INLINE void put_backward(i64 x, i64 at) {
    backward[x] = bbase + u32(at) + 1;
    back_queue[back_to++] = i32(x);
    backward_work += work(x);
  }

  void begin() {
    fbase = a.scratch.bases[0], bbase = a.scratch.bases[1];
    if (fbase > UINT32_MAX - 2 * u32(all) - 8 || bbase > UINT32_MAX - 2 * u32(all) - 8) {
      std::fill(forward, forward + all, 0u), std::fill(backward, backward + all, 0u);
      fbase = bbase = 0;
    }
    placed = level = back_from = back_to = back_steps = forward_work = backward_work = 0;
  }
  void end() {
    a.scratch.bases[0] = fbase + u32(placed);
    a.scratch.bases[1] = bbase + u32(std::max(length, back_steps)) + 2;
  }

  // Grow the cheaper side, a level a time, until both meet. Return the first vertex, in the order
  // of paths, where they do, -1 for none; `whole` completes the last level for further paths.
  i64 meet(i32 source, i32 target, bool whole) {
    i64 met = -1;
    levels[0] = 0;
    for (i32 e : a.node_edges[target])
      if (g.has_edge(e)) put_backward(e, 0);
    for (i32 e : a.node_edges[source])
      if (g.has_edge(e)) {
        if (met < 0 && steps(e) == 0) met = e;
        put_forward(e, -1);
      }
    levels[1] = i32(placed);
    while (met < 0 && levels[level] < placed && back_from < back_to)
      met = forward_work <= backward_work ? grow_forward(whole) : grow_backward();
    length = met < 0 ? -1 : level + back_steps;
    return met;
  }

  i64 grow_forward(bool whole) {
    i64 met = -1, end = placed;
    forward_work = 0;
    for (i64 at = levels[level]; at < end && (met < 0 || whole); at++) {
      prefetch(queue + at, queue + end, forward);
      each_next(queue[at], [&](i64 x) {
        if (place(x) >= 0) return false;
        put_forward(x, at);
        if (met < 0 && steps(x) >= 0) met = x;
        return met >= 0 && !whole;
      });
    }
    levels[++level + 1] = i32(placed);
    return met;
  }

  i64 grow_backward() {
    i64 first = all, end = back_to;
    backward_work = 0, back_steps++;
    for (; back_from < end; back_from++) {
      prefetch(back_queue + back_from, back_queue + end, backward);
      each_next(back_queue[back_from], [&](i64 x) {
        if (steps(x) >= 0) return false;
        put_backward(x, back_steps);
        if (i64 at = place(x); at >= 0) first = std::min(first, at);
        return false;
      });
    }
    return first < all ? queue[first] : -1;
  }

  // Write the first path, which leads through `met`; false when it does not fit.
  bool write_first(i64 met, i64 paths) {
    i64 at = a.ptr[paths];
    if (at + length / 2 + 1 > a.capacity) return false;
    i64 x = met;
    for (i64 step = level; step >= 0; step--) {
      write(at, step, x);
      if (step) x = queue[parent[place(x)]];
    }
    x = met;
    for (i64 step = level + 1; step <= length; step++) {
      each_next(x, [&](i64 y) { return steps(y) == length - step && (x = y, true); });
      write(at, step, x);
    }
    close(at, paths);
    return true;
  }
  void write(i64 at, i64 step, i64 x) {
    if (step % 2) a.keys[at + step / 2] = i32(x - E);
    else a.edges[at + step / 2] = i32(x);
  }
  void close(i64 at, i64 paths) {
    a.keys[at + length / 2] = -1;
    a.ptr[paths + 1] = at + length / 2 + 1;
  }

  // Mark what lies on a path of minimal length with its steps to the target.
  void mark_paths() {
    i64 from = back_to;
    for (i64 at = levels[level]; at < placed; at++)
      if (steps(queue[at]) == length - level) mark_before(queue[at], level);
    for (i64 step = level - 1; step > 0; step--)
      for (i64 end = back_to; from < end; from++) mark_before(back_queue[from], step);
  }
  void mark_before(i64 x, i64 step) {
    each_next(x, [&](i64 y) {
      i64 at = place(y);
      if (step && at >= levels[step - 1] && at < levels[step] && steps(y) < 0)
        put_backward(y, length - step + 1);
      return false;
    });
  }

  // Walk along falling steps and write paths in their order; -1 when one does not fit.
  i64 write_all(i64 paths, const Buffer<i64>& at, const Buffer<i32>& vertex) {
    i64 written = 0;
    for (i64 s = 0; s < levels[1] && written < a.most; s++) {
      if (steps(queue[s]) != length) continue;
      i64 depth = 0;
      vertex[0] = queue[s], at[0] = 0;
      while (depth >= 0 && written < a.most) {
        if (depth == length) {
          i64 begin = a.ptr[paths + written];
          if (begin + length / 2 + 1 > a.capacity) return -1;
          for (i64 step = 0; step <= length; step++) write(begin, step, vertex[step]);
          close(begin, paths + written++);
          depth--;
        } else if (!descend(depth, at, vertex)) {
          depth--;
        } else {
          at[++depth] = 0;
        }
      }
    }
    return written;
  }
  bool descend(i64 depth, const Buffer<i64>& at, const Buffer<i32>& vertex) const {
    Next to = next(vertex[depth]);
    while (at[depth] < to.row.size()) {
      i64 y = to.row.first[at[depth]++] + to.shift;
      if (steps(y) != length - depth - 1) continue;
      if (y < E && !g.is_first_common(i32(vertex[depth] - E), vertex[depth - 1], i32(y))) continue;
      vertex[depth + 1] = i32(y);
      return true;
    }
    return false;
  }
};

// Write up to `most` paths of minimal length for each pair of nodes. Stops early, with made[0]
// pairs done, when the next pair's paths do not fit.
inline int paths(const PathArgs& a) {
  PathSearch search(a);
  i64 paths = 0;
  a.ptr[0] = 0;
  for (a.made[0] = 0; a.made[0] < a.count; a.made[0]++) {
    i64 written = 0;
    search.begin();
    i64 met = search.meet(a.ends[2 * a.made[0]], a.ends[2 * a.made[0] + 1], a.most > 1);
    if (met >= 0 && a.most == 1) {
      written = search.write_first(met, paths) ? 1 : -1;
    } else if (met >= 0) {
      search.mark_paths();
      Buffer<i64> at(search.length + 1);
      Buffer<i32> vertex(search.length + 1);
      if (!at.ok() || !vertex.ok()) return 1;
      written = search.write_all(paths, at, vertex);
    }
    search.end();
    if (written < 0) break;
    if (written == 0) a.ptr[paths + 1] = a.ptr[paths], written = 1;  // a pair without a path
    paths += written;
  }
  a.made[1] = paths;
  return 0;
}
