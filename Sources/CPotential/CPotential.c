#include "swmd_potential.h"

/* The layout that version 2 promises to libraries which were built elsewhere. */
_Static_assert(sizeof(swmd_atoms) == 40, "swmd_atoms");
_Static_assert(sizeof(swmd_neighbors) == 32, "swmd_neighbors");
_Static_assert(sizeof(swmd_halo) == 24, "swmd_halo");
_Static_assert(sizeof(swmd_output) == 112, "swmd_output");
_Static_assert(sizeof(swmd_potential_interface) == 72, "swmd_potential_interface");
