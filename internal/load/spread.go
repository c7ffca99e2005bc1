package load

import (
	"context"
	"runtime"
	"sync"

	"github.com/sourcegraph/conc/pool"
)

// spread calls do for each item of a queue, on as many goroutines as there are processors, and appends the
// results of do to the queue. It returns when the queue is empty, or after the running calls if the context is
// done. A panic of do reaches the caller.
func spread[T any](ctx context.Context, queue []T, do func(T) []T) {
	each(ctx, queue, func(queue []T) (T, []T) { return queue[0], queue[1:] }, do)
}

// dive is [spread] with the newest item of the queue first.
func dive[T any](ctx context.Context, queue []T, do func(T) []T) {
	each(ctx, queue, func(queue []T) (T, []T) { return queue[len(queue)-1], queue[:len(queue)-1] }, do)
}

func each[T any](ctx context.Context, queue []T, take func([]T) (T, []T), do func(T) []T) {
	var (
		mu   sync.Mutex
		more = sync.NewCond(&mu)
		busy int
	)
	work := func() {
		mu.Lock()
		defer mu.Unlock()
		for {
			for len(queue) == 0 && busy > 0 {
				more.Wait()
			}
			if len(queue) == 0 || ctx.Err() != nil {
				more.Broadcast()
				return
			}
			var item T
			item, queue = take(queue)
			busy++
			mu.Unlock()
			var next []T
			func() {
				// The others must not wait for one that panics.
				defer func() {
					mu.Lock()
					busy--
				}()
				next = do(item)
			}()
			queue = append(queue, next...)
			more.Broadcast()
		}
	}
	p := pool.New().WithMaxGoroutines(runtime.GOMAXPROCS(0))
	for range runtime.GOMAXPROCS(0) {
		p.Go(work)
	}
	p.Wait()
}
