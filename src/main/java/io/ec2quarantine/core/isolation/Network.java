package io.ec2quarantine.core.isolation;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A network in the one way in which AWS writes it: without host bits, IPv6 as short as it goes. */
final class Network {
    private static final int IPV6_BYTES = 16;

    private Network() {}

    /** What is no network is left as it is: AWS refuses it by its name. */
    static String canonical(String cidr) {
        int slash = cidr.indexOf('/');
        return slash < 0
                ? cidr
                : address(cidr.substring(0, slash))
                        .flatMap(bytes -> prefix(cidr.substring(slash + 1), bytes.length * Byte.SIZE)
                                .map(prefix -> text(masked(bytes, prefix)) + "/" + prefix))
                        .orElse(cidr);
    }

    private static Optional<byte[]> address(String literal) {
        try {
            byte[] bytes = InetAddress.ofLiteral(literal).getAddress();
            return Optional.of(literal.contains(":") && bytes.length < IPV6_BYTES ? mapped(bytes) : bytes);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** Java takes an IPv4 address that is written as one of IPv6 for what it stands for; AWS does not. */
    private static byte[] mapped(byte[] ipv4) {
        byte[] bytes = new byte[IPV6_BYTES];
        bytes[10] = (byte) 0xff;
        bytes[11] = (byte) 0xff;
        System.arraycopy(ipv4, 0, bytes, 12, ipv4.length);
        return bytes;
    }

    private static Optional<Integer> prefix(String text, int most) {
        return text.matches("[0-9]{1,3}")
                ? Optional.of(Integer.valueOf(text)).filter(prefix -> prefix <= most)
                : Optional.empty();
    }

    private static byte[] masked(byte[] address, int prefix) {
        byte[] network = Arrays.copyOf(address, address.length);
        for (int bit = prefix; bit < network.length * Byte.SIZE; bit++) {
            network[bit / Byte.SIZE] &= (byte) ~(0x80 >> (bit % Byte.SIZE));
        }
        return network;
    }

    private static String text(byte[] address) {
        return address.length < IPV6_BYTES
                ? IntStream.range(0, address.length)
                        .mapToObj(each -> Integer.toString(address[each] & 0xff))
                        .collect(Collectors.joining("."))
                : ipv6(IntStream.range(0, IPV6_BYTES / 2)
                        .map(each -> ((address[2 * each] & 0xff) << Byte.SIZE) | (address[2 * each + 1] & 0xff))
                        .toArray());
    }

    /** RFC 5952: the first of the longest runs of zeros is left out, if it is longer than one. */
    private static String ipv6(int[] groups) {
        int longest = 1;
        int start = -1;
        for (int at = 0; at < groups.length; at++) {
            int end = at;
            while (end < groups.length && groups[end] == 0) {
                end++;
            }
            if (end - at > longest) {
                longest = end - at;
                start = at;
            }
        }
        return start < 0
                ? hex(groups, 0, groups.length)
                : hex(groups, 0, start) + "::" + hex(groups, start + longest, groups.length);
    }

    private static String hex(int[] groups, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(each -> Integer.toHexString(groups[each]))
                .collect(Collectors.joining(":"));
    }
}
