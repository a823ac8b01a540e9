#ifndef SWMD_CZLIB_SHIM_H
#define SWMD_CZLIB_SHIM_H
#include <zlib.h>
#endif
