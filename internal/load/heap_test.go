package load

import "jwtretire.example/internal/heap"

func init() { heap.Grow() } // as the command does; a quarter of the cpu of these tests is the collector's without it
