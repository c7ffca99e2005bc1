package rewrite

// match returns, for each line of a, the index of the line of b that it is paired with in
// a longest common subsequence of keys, or -1.
func match(a, b []line) []int {
	to := make([]int, len(a))
	for i := range to {
		to[i] = -1
	}
	lo := 0
	for lo < len(a) && lo < len(b) && a[lo].key == b[lo].key {
		to[lo] = lo
		lo++
	}
	ha, hb := len(a), len(b)
	for ha > lo && hb > lo && a[ha-1].key == b[hb-1].key {
		ha--
		hb--
		to[ha] = hb
	}
	for _, p := range shortest(a[lo:ha], b[lo:hb]) {
		to[lo+p[0]] = lo + p[1]
	}
	return to
}

// maxEdits bounds the work of shortest, which is quadratic in it. Declarations that
// differ more are taken as wholly different in the middle.
const maxEdits = 4000

// shortest is Myers' greedy algorithm; it returns the pairs of equal lines.
func shortest(a, b []line) [][2]int {
	n, m := len(a), len(b)
	if n == 0 || m == 0 {
		return nil
	}
	var trace [][]int
	v := []int{0}
	at := func(v []int, d, k int) int { // v holds the diagonals -d…d in steps of 2
		if k < -d || k > d {
			return -1
		}
		return v[(k+d)/2]
	}
	for d := 0; d <= min(n+m, maxEdits); d++ {
		cur := make([]int, d+1)
		for k := -d; k <= d; k += 2 {
			var x int
			switch {
			case d == 0:
				x = 0
			case k == -d || (k != d && at(v, d-1, k-1) < at(v, d-1, k+1)):
				x = at(v, d-1, k+1)
			default:
				x = at(v, d-1, k-1) + 1
			}
			for x < n && x-k < m && a[x].key == b[x-k].key {
				x++
			}
			cur[(k+d)/2] = x
			if x >= n && x-k >= m {
				return walkBack(append(trace, cur), n, m)
			}
		}
		trace = append(trace, cur)
		v = cur
	}
	return nil
}

func walkBack(trace [][]int, x, y int) [][2]int {
	var pairs [][2]int
	for d := len(trace) - 1; d >= 0; d-- {
		k := x - y
		px, py, sx := 0, 0, 0 // the point before, and where the run of equal lines begins
		if d > 0 {
			v := trace[d-1]
			at := func(k int) int {
				if k < -(d-1) || k > d-1 {
					return -1
				}
				return v[(k+d-1)/2]
			}
			if k == -d || (k != d && at(k-1) < at(k+1)) {
				px = at(k + 1)
				py, sx = px-(k+1), px
			} else {
				px = at(k - 1)
				py, sx = px-(k-1), px+1
			}
		}
		for x > sx {
			x--
			y--
			pairs = append(pairs, [2]int{x, y})
		}
		x, y = px, py
	}
	return pairs
}

// A line is one line of a declaration. Lines with equal keys are equal but for white
// space between tokens.
type line struct {
	text string // without the line end
	cr   bool   // ended in \r\n
	key  string
	code string // the key without what gofmt may add or drop
	raw  bool   // begins inside a raw string: its white space is content
}
