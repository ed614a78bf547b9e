// Hypergraphs: the functions that kernels.cpp exports for kernels/hypergraph/.
#pragma once
#include "hypergraph_centrality.h"
#include "hypergraph_lift.h"
#include "hypergraph_paths.h"
#include "hypergraph_search.h"
#include "hypergraph_walks.h"
