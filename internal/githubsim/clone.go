package githubsim

import "reflect"

// Clone is a copy of the world that shares nothing with it.
func (w *World) Clone() *World {
	return deepCopy(reflect.ValueOf(w)).Interface().(*World)
}

// deepCopy copies a value and all that it leads to. Worlds have no circles.
func deepCopy(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return v
		}
		to := reflect.New(v.Type()).Elem()
		if v.Kind() == reflect.Interface {
			to.Set(deepCopy(v.Elem()))
			return to
		}
		to.Set(reflect.New(v.Type().Elem()))
		to.Elem().Set(deepCopy(v.Elem()))
		return to
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		to := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			to.Index(i).Set(deepCopy(v.Index(i)))
		}
		return to
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		to := reflect.MakeMapWithSize(v.Type(), v.Len())
		for k, e := range v.Seq2() {
			to.SetMapIndex(k, deepCopy(e))
		}
		return to
	case reflect.Struct:
		to := reflect.New(v.Type()).Elem()
		to.Set(v) // times and what else is a value
		if v.Type() == timeType {
			return to
		}
		for i := range v.NumField() {
			to.Field(i).Set(deepCopy(v.Field(i)))
		}
		return to
	}
	return v
}

// largestID is the highest number that anything in the world has.
func (w *World) largestID() int64 {
	most := int64(0)
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			if v.Type() == timeType {
				return
			}
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.Name == "ID" && f.Type.Kind() == reflect.Int64 {
					most = max(most, v.Field(i).Int())
				} else {
					walk(v.Field(i))
				}
			}
		}
	}
	walk(reflect.ValueOf(w))
	return most
}
