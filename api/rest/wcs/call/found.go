package call

import (
	"math"

	"sluice/engine/fault"
)

// Found is the answer of find and find_all: the part of a list that "offset" and "size" of the request ask for. If there is none it is
// fault.ResourceNotFound: what the list is of is in what, in singular: "transcoder".
func Found[T any](r *Request, what string, list []T) (any, error) {
	offset, _ := r.Whole("offset", 0, math.MaxInt32)
	size, given := r.Whole("size", 0, math.MaxInt32)
	if err := r.Err(); err != nil {
		return nil, err
	}
	list = list[min(offset, len(list)):]
	if given {
		list = list[:min(size, len(list))]
	}
	if len(list) == 0 {
		return nil, fault.New(fault.ResourceNotFound, "", "there is no such %s", what)
	}
	return list, nil
}
