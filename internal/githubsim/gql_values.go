package githubsim

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// value checks a literal, or the use of a variable, against the type that is
// expected there.
func (c *checker) value(v *ast.Value, t *ast.Type, hasDefault bool, where string, path []any) {
	switch {
	case v.Kind == ast.Variable:
		c.use(v, t, hasDefault, where, path)
		return
	case v.Kind == ast.NullValue:
		if t.NonNull {
			c.invalid(v, t, where, path)
		}
		return
	case t.Elem != nil && v.Kind == ast.ListValue:
		for _, child := range v.Children {
			c.value(child.Value, t.Elem, false, where, path)
		}
		return
	case t.Elem != nil: // a single value stands for a list of one
		c.value(v, t.Elem, false, where, path)
		return
	}
	d := c.ts[t.Name()]
	if d.Kind == ast.InputObject {
		c.object(v, d, t, where, path)
		return
	}
	given, err := v.Value(nil)
	literal := v.Kind != ast.EnumValue == (d.Kind != ast.Enum)
	if err != nil || !literal || v.Kind == ast.ListValue || v.Kind == ast.ObjectValue {
		c.invalid(v, t, where, path)
	} else if _, why := c.ts.scalar(d, given); why != "" {
		c.invalid(v, t, where, path)
	}
}

func (c *checker) invalid(v *ast.Value, t *ast.Type, where string, path []any) {
	c.fail("argumentLiteralsIncompatible", path, v.Position, map[string]any{"typeName": "CoercionError"}, "%s has an invalid value (%s). Expected type '%s'.", where, v.String(), t.String())
}

func (c *checker) object(v *ast.Value, d *ast.Definition, t *ast.Type, where string, path []any) {
	if v.Kind != ast.ObjectValue {
		c.invalid(v, t, where, path)
		return
	}
	for _, child := range v.Children {
		f := d.Fields.ForName(child.Name)
		if f == nil {
			c.fail("argumentNotAccepted", path, child.Position, map[string]any{"name": d.Name, "typeName": "InputObject", "argumentName": child.Name}, "InputObject '%s' doesn't accept argument '%s'", d.Name, child.Name)
			continue
		}
		c.value(child.Value, f.Type, f.DefaultValue != nil, "Argument '"+child.Name+"' on InputObject '"+d.Name+"'", path)
	}
	for _, f := range d.Fields {
		if f.Type.NonNull && f.DefaultValue == nil && v.Children.ForName(f.Name) == nil {
			c.invalid(v, t, where, path)
		}
	}
}

// use checks a variable where it is used.
func (c *checker) use(v *ast.Value, t *ast.Type, hasDefault bool, where string, path []any) {
	c.used[v.Raw] = true
	d := c.q.op.VariableDefinitions.ForName(v.Raw)
	if d == nil {
		c.fail("variableNotDefined", path, v.Position, map[string]any{"variableName": v.Raw}, "Variable $%s is used by %s but not declared", v.Raw, anonymous(c.q.op.Name))
		return
	}
	given := *d.Type
	if t.NonNull && !given.NonNull && (hasDefault || d.DefaultValue != nil && d.DefaultValue.Kind != ast.NullValue) {
		given.NonNull = true
	}
	if !fitsType(&given, t) {
		c.fail("variableMismatch", path, v.Position, map[string]any{"variableName": v.Raw, "typeName": d.Type.String(), "argumentName": where, "errorMessage": "Type mismatch"},
			"Type mismatch on variable $%s and %s (%s / %s)", v.Raw, where, d.Type.String(), t.String())
	}
}

func fitsType(given, want *ast.Type) bool {
	if want.NonNull && !given.NonNull || (want.Elem == nil) != (given.Elem == nil) {
		return false
	}
	if want.Elem != nil {
		return fitsType(given.Elem, want.Elem)
	}
	return want.NamedType == given.NamedType
}

// coerceVariables fits the given variables to their declared types.
func coerceVariables(op *ast.OperationDefinition, given map[string]any) (map[string]any, []*gqlError) {
	ts, out := schemaTypes(), map[string]any{}
	var errs []*gqlError
	for _, d := range op.VariableDefinitions {
		v, isSet := given[d.Variable]
		if !isSet && d.DefaultValue != nil {
			if v, _ = d.DefaultValue.Value(nil); v != nil {
				out[d.Variable], _ = ts.coerce(d.Type, v)
			} else {
				out[d.Variable] = nil
			}
			continue
		}
		got, why := ts.coerce(d.Type, v)
		if why != "" {
			errs = append(errs, &gqlError{Locations: at(d.Position), Message: fmt.Sprintf("Variable $%s of type %s was provided invalid value", d.Variable, d.Type.String()),
				Extensions: map[string]any{"value": v, "problems": []any{map[string]any{"path": []any{}, "explanation": why}}}})
		}
		if isSet {
			out[d.Variable] = got
		}
	}
	return out, errs
}

// coerce fits a value to a type; why says what does not fit.
func (ts types) coerce(t *ast.Type, v any) (out any, why string) {
	if v == nil {
		if t.NonNull {
			return nil, "Expected value to not be null"
		}
		return nil, ""
	}
	if t.Elem != nil {
		list, isList := v.([]any)
		if !isList {
			list = []any{v}
		}
		got := make([]any, len(list))
		for i, e := range list {
			if got[i], why = ts.coerce(t.Elem, e); why != "" {
				return nil, why
			}
		}
		return got, ""
	}
	d := ts[t.Name()]
	if d.Kind != ast.InputObject {
		return ts.scalar(d, v)
	}
	in, isObject := v.(map[string]any)
	if !isObject {
		return nil, fmt.Sprintf("Could not coerce value %v to %s", v, d.Name)
	}
	got := map[string]any{}
	for k, e := range in {
		f := d.Fields.ForName(k)
		if f == nil {
			return nil, "Field is not defined on " + d.Name
		}
		if got[k], why = ts.coerce(f.Type, e); why != "" {
			return nil, why
		}
	}
	for _, f := range d.Fields {
		if _, isSet := in[f.Name]; f.Type.NonNull && f.DefaultValue == nil && !isSet {
			return nil, "Expected value to not be null"
		}
	}
	return got, ""
}

// scalar fits a value to a scalar or enum. Int has 32 bits.
func (ts types) scalar(d *ast.Definition, v any) (any, string) {
	bad := fmt.Sprintf("Could not coerce value %v to %s", v, d.Name)
	if n, isNumber := v.(json.Number); isNumber {
		if i, err := n.Int64(); err == nil {
			v = i
		} else {
			return nil, bad
		}
	}
	if _, isTime := v.(time.Time); isTime && d.Name == "DateTime" {
		return v, "" // a variable that was fitted before
	}
	text, isText := v.(string)
	if d.Kind == ast.Enum {
		if !isText || d.EnumValues.ForName(text) == nil {
			return nil, fmt.Sprintf("Expected %q to be one of the values of %s", text, d.Name)
		}
		return text, ""
	}
	switch d.Name {
	case "Int":
		if i, isInt := v.(int64); isInt && i >= math.MinInt32 && i <= math.MaxInt32 {
			return i, ""
		}
	case "Boolean":
		if b, isBool := v.(bool); isBool {
			return b, ""
		}
	case "ID":
		if i, isInt := v.(int64); isInt {
			return strconv.FormatInt(i, 10), ""
		}
		if isText {
			return text, ""
		}
	case "DateTime":
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return t, ""
		}
	case "URI":
		if _, err := url.Parse(text); err == nil && isText {
			return text, ""
		}
	case "String":
		if isText {
			return text, ""
		}
	}
	return nil, bad
}
