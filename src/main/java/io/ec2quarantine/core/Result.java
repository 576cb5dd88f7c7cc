package io.ec2quarantine.core;

import java.util.Optional;
import java.util.function.Function;

/** The answer of a call, or the named failure in its place. */
public sealed interface Result<T> {
    /** The call was answered. */
    record Ok<T>(T value) implements Result<T> {}

    /** The call was not answered; nothing may be concluded from that. */
    record Failed<T>(CallFailure failure) implements Result<T> {}

    static <T> Result<T> ok(T value) {
        return new Ok<>(value);
    }

    static <T> Result<T> failed(CallFailure failure) {
        return new Failed<>(failure);
    }

    /** Applies a function to the answer; a failure stays that failure. */
    default <R> Result<R> map(Function<? super T, ? extends R> function) {
        return switch (this) {
            case Ok<T>(T value) -> new Ok<>(function.apply(value));
            case Failed<T>(CallFailure failure) -> new Failed<>(failure);
        };
    }

    /** The answer, where there is one. */
    default Optional<T> answer() {
        return switch (this) {
            case Ok<T>(T value) -> Optional.of(value);
            case Failed<T> _ -> Optional.empty();
        };
    }

    /** Goes on with another call; the first failure ends the chain. */
    default <R> Result<R> then(Function<? super T, Result<R>> next) {
        return switch (this) {
            case Ok<T>(T value) -> next.apply(value);
            case Failed<T>(CallFailure failure) -> new Failed<>(failure);
        };
    }
}
