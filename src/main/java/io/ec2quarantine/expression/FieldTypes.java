package io.ec2quarantine.expression;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableMap;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import io.ec2quarantine.core.field.Field;
import io.ec2quarantine.core.field.FieldType;
import io.ec2quarantine.core.field.Fields;
import java.util.List;
import java.util.Optional;

/** The fields that there are, as CEL knows types: one that is misspelt is found before anything is decided by it. */
final class FieldTypes implements CelTypeProvider {
    static final String FINDING = "Finding";
    static final String INSTANCE = "Instance";

    private static final ImmutableMap<String, CelType> TYPES =
            ImmutableMap.of(FINDING, struct(FINDING, Fields.FINDING), INSTANCE, struct(INSTANCE, Fields.INSTANCE));

    @Override
    public ImmutableCollection<CelType> types() {
        return TYPES.values();
    }

    @Override
    public Optional<CelType> findType(String name) {
        return Optional.ofNullable(TYPES.get(name));
    }

    private static <T> CelType struct(String name, List<Field<T>> fields) {
        ImmutableMap<String, CelType> types =
                fields.stream().collect(ImmutableMap.toImmutableMap(Field::name, field -> type(field.type())));
        return StructType.create(name, types.keySet(), field -> Optional.ofNullable(types.get(field)));
    }

    private static CelType type(FieldType type) {
        return switch (type) {
            case TEXT -> SimpleType.STRING;
            case TEXTS -> ListType.create(SimpleType.STRING);
            case TEXT_BY_KEY -> MapType.create(SimpleType.STRING, SimpleType.STRING);
            case WHOLE_NUMBER -> SimpleType.INT;
            case NUMBER -> SimpleType.DOUBLE;
            case TIME -> SimpleType.TIMESTAMP;
        };
    }
}
